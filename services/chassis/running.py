"""A service at work: its folds, followings and reactions as tasks of one event loop."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from events.bus.port import Bus, Source
from events.journal.port import Journal
from events.notary.proving import Proving
from events.vault.port import Vault
from services.chassis.auditing.reports import REPORTS
from services.chassis.clock import Clock
from services.chassis.following import Following
from services.chassis.forgetting import Forget, Forgetting, nobody
from services.chassis.handling import Handling
from services.chassis.marks import Marks
from services.chassis.projecting import Fold, publishers, sources
from services.chassis.reacting import Reacting
from services.chassis.rebuilding import Progress, Report, rebuild
from services.chassis.referring import Referring
from services.chassis.shapes import Service, View
from services.chassis.shelf.port import Blocked, Shelf
from services.chassis.web.app import create_app
from services.chassis.web.desk import Desk
from services.chassis.web.past import Past
from services.chassis.web.routing import App
from services.chassis.web.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Ports:
    """The house under a service; `marks` are shared where several processes fold.

    `ledgers` reads every ledger of the house, `scratch` makes an empty shelf in memory: what
    looking back stands on. `forget` is what the house does besides the vault when a person is erased.
    """

    journal: Journal
    bus: Bus
    vault: Vault
    shelf: Shelf
    clock: Clock
    tokens: Tokens
    ledgers: Source
    scratch: Callable[[], Shelf]
    proving: Proving
    marks: type[Marks] = Marks
    forget: Forget = nobody


class Running:
    """One service, plugged in. `followings` has one entry per view, reference and reaction."""

    def __init__(self, service: Service, ports: Ports, past: Past, app: App) -> None:
        """Take what `open` put together."""
        self.service, self.ports, self.past, self.app = service, ports, past, app
        self.desk = past.present
        self.followings: dict[str, Following] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._rebuilding = asyncio.Lock()

    @classmethod
    async def open(cls, service: Service, ports: Ports) -> "Running":
        """Open the live generation of every view and reference; no task runs yet."""
        shelf = ports.shelf
        await shelf.declare(REPORTS)
        folds = {view.name: await cls._live(view, ports) for view in (*service.views, *service.references)}
        kinds = {view.kind: folds[view.name] for view in service.references}
        referring = Referring(service.name, kinds, shelf)
        handling = Handling(service.name, ports.journal, ports.vault, referring, ports.clock)
        desk = Desk(
            service.name, handling, referring, folds, shelf, ports.vault, ports.journal, ports.clock,
            ports.tokens, ports.proving,
        )  # fmt: skip
        past = Past(desk, ports.ledgers, ports.scratch)
        return cls(service, ports, past, create_app(service, past))

    @staticmethod
    async def _live(view: View, ports: Ports) -> Fold:
        generation = (await ports.shelf.live()).get((view.name, view.version)) or 1
        fold = await Fold.open(view, generation, ports.shelf, ports.marks)
        await ports.shelf.switch(view.name, view.version, 0, generation)
        return fold

    async def start(self) -> None:
        """Begin to follow ledgers: views, references, then reactions."""
        self.project()
        await self.react()

    def project(self) -> None:
        """Begin to fold views and references."""
        for fold in self.desk.folds.values():
            self._fold(fold)

    async def react(self) -> None:
        """Begin to react, and to forget whom the ledger says erased."""
        for reaction in self.service.reactions:
            place = Reacting.place(reaction)
            await self.ports.shelf.declare(place)
            marks = await self.ports.marks.open(self.ports.shelf, place)
            reacting = Reacting(reaction, self.desk.handling, self.ports.shelf, marks)
            group = f"react-{self.service.name}-{reaction.name}"
            following = Following(self.ports.bus, group, publishers(reaction.on), reacting)
            following.lasting = True  # a wait or a fault is no decision: only a refusal ends a reaction
            self._follow(place.view, following)
        if self.service.fates:
            await self._forget()

    async def _forget(self) -> None:
        place, ports = Forgetting.place(self.service), self.ports
        await ports.shelf.declare(place)
        forgetting = Forgetting(
            self.service, ports.vault, ports.forget, ports.shelf, await ports.marks.open(ports.shelf, place)
        )
        following = Following(ports.bus, place.view, (self.service.name,), forgetting)
        following.lasting = True  # what the ledger says erased must be gone, however long it takes
        self._follow(place.view, following)

    def _fold(self, fold: Fold) -> None:
        # A release that holds another version of the view shares no work with this one.
        group = f"project-{self.service.name}-{fold.view.name}@{fold.view.version}"
        following = Following(self.ports.bus, group, sources(fold.view), fold)

        async def noted(ledger: str, blocked: Blocked | None) -> None:
            await self.ports.shelf.block(fold.place, ledger, blocked)

        following.on_block = noted
        self._follow(fold.view.name, following)

    def _follow(self, name: str, following: Following) -> None:
        self.followings[name], following.name = following, name
        self._tasks[name] = asyncio.create_task(following.run(), name=f"{self.service.name}:{name}")

    async def renew(self) -> None:
        """Go over to what another process decided: generations that took over, entries to skip."""
        shelf = self.ports.shelf
        live, skips = await shelf.live(), await shelf.skips()
        for name, fold in list(self.desk.folds.items()):
            version = (fold.view.name, fold.view.version)
            if live.get(version, 0) in {0, fold.place.generation}:
                fold.honour(skips.get(version, ()))
            else:
                self._take_over(name, await Fold.open(fold.view, live[version], shelf, self.ports.marks))

    def _take_over(self, name: str, fold: Fold) -> None:
        self.desk.folds[name] = fold
        self.desk.handling.referring.replace(fold)
        if (task := self._tasks.pop(name, None)) is not None:
            task.cancel()
            self._fold(fold)

    async def rebuild(self, name: str, progress: Progress) -> Report:
        """Fold a view or reference again and let it take over; readers notice nothing."""
        async with self._rebuilding:
            live = self.desk.folds[name]
            report, fold = await rebuild(live, self.ports.shelf, self.ports.bus, progress)
            if report.switched:
                self._take_over(name, fold)
                await self.ports.shelf.drop(live.place)
            return report

    def failed(self) -> list[str]:
        """Name the tasks that ended though they never should; the house is not ready then."""
        return [task.get_name() for task in self._tasks.values() if task.done()]

    def died_of(self) -> BaseException | None:
        """Give what the first of these tasks died of; only a fresh process goes on with its work."""
        dead = [task for task in self._tasks.values() if task.done() and not task.cancelled()]
        return next(filter(None, (task.exception() for task in dead)), None)

    async def stop(self) -> None:
        """End the tasks; what they had not written they will fold again."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        self._tasks.clear()
        await self.past.close()
