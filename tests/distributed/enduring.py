"""A load on the distributed house while parts of it die, and what is looked at afterwards."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.examples.acts import person
from deploy.examples.script import logins
from deploy.services import SERVICES
from gateway.api.document import BASE
from services.chassis.projecting import Fold, sources
from services.chassis.rebuilding import Report, compare, refold
from tests.distributed.houses import Processes
from tests.journeys.audit import Audit, promises
from tests.journeys.plans import DEPUTIES, Planner, Step
from tests.journeys.test_killed import PEOPLE, SEED
from tests.journeys.visiting import CITY, DATA, Visit
from tests.rulebook import HOUSE

Deed = Callable[[], Awaitable[None]]
SENDING_SECONDS = 300.0


@dataclass(slots=True)
class Load:
    """Journeys to be sent to a house, and the log of what was promised."""

    standing: Processes
    folder: Path
    plan: Mapping[str, object]
    journeys: Sequence[Sequence[Step]]

    @classmethod
    async def of(cls, visit: Visit, standing: Processes, folder: Path) -> "Load":
        """Write down what there is to send, to whom, and with which tokens."""
        accounts, now = await standing.stores.accounts(), int(time.time())
        tokens = {each: await accounts.create_token(each, "chaos", now, now + 3600) for each in PEOPLE}
        known = logins(DATA)
        mandates = {each: f"mandate/3-{person(known[each])}" for each in DEPUTIES}
        operations = {
            each.id: BASE + each.template.replace("{congress}", CITY)
            for each in visit.house.front.operations.by_id.values() if each.method == "POST"
        }  # fmt: skip
        journeys = Planner(SEED, mandates, visit.things[CITY]["stations"]).journeys()
        plan = {"tokens": tokens, "operations": operations, "base": standing.composed.url}
        return cls(standing, folder, plan, journeys)

    @property
    def log(self) -> Path:
        """Where every promise stands."""
        return self.folder / "promises.jsonl"

    @asynccontextmanager
    async def sent(self, count: int) -> AsyncIterator[asyncio.subprocess.Process]:
        """Send the next journeys meanwhile; each command of them is answered in the end."""
        some, self.journeys = self.journeys[:count], self.journeys[count:]
        file = self.folder / "plan.json"
        file.write_text(json.dumps({**self.plan, "journeys": some}))
        command = (sys.executable, "-m", "tests.journeys.sender", str(file), str(self.log))
        sender = await asyncio.create_subprocess_exec(*command, cwd=HOUSE)
        try:
            yield sender
            assert await asyncio.wait_for(sender.wait(), SENDING_SECONDS) == 0
        finally:
            if sender.returncode is None:
                sender.kill()
                await sender.wait()

    async def caught_up(self) -> float:
        """Give the seconds until all is relayed, folded and reacted to."""
        began = time.monotonic()
        await self.standing.settled()
        return time.monotonic() - began

    async def whole(self) -> int:
        """See that nothing was lost or doubled; give how many promises stand."""
        kept, audit = promises(self.log), Audit(self.folder)
        for ledger, head in (await self.standing.heads()).items():
            audit.ledgers[ledger] = list(await self.standing.ledgers.fetch(ledger, 0, head))
        audit.chains()
        audit.receipts(kept)
        audit.reactions(settled=True)
        assert audit.faults == []
        return len(kept)


async def differing(standing: Processes) -> list[str]:
    """Fold every view again beside the live one; give the documents that differ."""
    report, bus = Report(), standing.source
    for service in SERVICES:
        shelf = await standing.stores.shelf(service.name)
        for view in (*service.views, *service.references):
            live = await Fold.open(view, (await shelf.live())[view.name, view.version], shelf)
            fresh = await Fold.open(view, live.place.generation + 1, shelf)
            await refold(fresh, bus, lambda *_: None)
            for ledger in await bus.heads(sources(view)):
                await compare(live, fresh, shelf, ledger, report)
            await shelf.drop(fresh.place)
    assert report.documents > 500
    return report.differing
