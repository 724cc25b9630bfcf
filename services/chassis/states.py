"""States of streams: in memory while they are asked for, those of long streams on the shelf as well.

A snapshot is disposable. It counts while the code that folded it is the same, and while the entry
on which it stands has the hash kept with it: then all entries before are the same too.
"""

import asyncio
import hashlib
import inspect
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, get_args, get_type_hints

import structlog
from pydantic import TypeAdapter

from events.catalogue import registry
from events.catalogue.envelope import Entry
from events.catalogue.event import Event
from events.journal.port import Journal
from events.proof.chain import leaf
from services.chassis.shapes import Decider
from services.chassis.shelf.port import Shelf, Table

MOST_STATES = 20_000
LONG, EVERY = 64, 8
"""A stream of so many entries is long; its state is kept again after so many more."""
PAGE = 1_000
log = structlog.get_logger()


class Loaded(NamedTuple):
    """A state, the sequence of the last entry in it, how many are, and how many the snapshot has."""

    state: Any
    version: int = 0
    length: int = 0
    kept: int = 0


class States:
    """What the streams of one service are now; safe to ask for side by side."""

    def __init__(self, service: str, journal: Journal, shelf: Shelf, long: int = LONG) -> None:
        """Stand on the ports; nothing is opened here. `long`: entries of a stream worth a snapshot."""
        self._long = long
        self.place = Table(f"states-{service}", 1, 1)
        self._journal, self._shelf = journal, shelf
        # By duty too: two duties may fold one stream, each into what it needs of it.
        self._memory: OrderedDict[tuple[str, str, str], Loaded] = OrderedDict()
        self._names = dict[str, set[str]]()
        self._keeping = set[asyncio.Task[None]]()

    async def load(self, decider: Decider, ledger: str, stream: str) -> tuple[Any, int]:
        """Give the state of a stream and its version."""
        place = (ledger, decider.kind, stream)
        found = self._memory.get(place) or await self._recalled(decider, ledger, stream)
        if raws := await self._journal.read(ledger, stream, found.version):
            found = self._further(decider, place, found, raws)
        self._memory[place] = found
        self._memory.move_to_end(place)
        if len(self._memory) > MOST_STATES:
            self._memory.popitem(last=False)
        return found.state, found.version

    def _further(
        self, decider: Decider, place: tuple[str, str, str], found: Loaded, raws: Sequence[bytes]
    ) -> Loaded:
        state = found.state
        for entry in map(Entry, raws):
            state = decider.evolve(state, registry.read(entry))
        found = Loaded(state, Entry(raws[-1]).sequence, found.length + len(raws), found.kept)
        return self._perhaps_kept(decider, place, found)

    def _perhaps_kept(self, decider: Decider, place: tuple[str, str, str], found: Loaded) -> Loaded:
        """Begin to keep the state of a long stream, now and then."""
        if found.length < self._long or found.length - found.kept < EVERY:
            return found
        task = asyncio.create_task(self._keep(decider, place, found))  # nobody waits for it
        self._keeping.add(task)
        task.add_done_callback(self._keeping.discard)
        return found._replace(kept=found.length)

    def remember(
        self, decider: Decider, ledger: str, stream: str, version: int, events: Sequence[tuple[int, Event]]
    ) -> None:
        """Fold what was just written, each with its sequence, into a state that stood at `version`."""
        place = (ledger, decider.kind, stream)
        found = self._memory.get(place)
        if found is None or found.version != version:
            return  # somebody has, or it was let go of
        for sequence, event in events:
            found = found._replace(
                state=decider.evolve(found.state, event), version=sequence, length=found.length + 1
            )
        self._memory[place] = self._perhaps_kept(decider, place, found)

    async def forget(self) -> None:
        """Let go of what is in memory, once all that is to be kept is."""
        await asyncio.gather(*self._keeping)
        self._memory.clear()

    async def _recalled(self, decider: Decider, ledger: str, stream: str) -> Loaded:
        start, name = Loaded(decider.start(stream)), f"{decider.kind} {stream}"
        if name not in await self._known(ledger):
            return start
        service, congress = ledger.split("/")
        document = (await self._shelf.get(congress, self.place, service, [name])).get(name)
        if document is None or document["code"] != _code(decider.evolve):
            return start
        raws = await self._journal.fetch(ledger, document["version"] - 1, 1)
        if [leaf(raw).hex() for raw in raws] != [document["entry"]]:
            return start
        state = _kinds(decider.evolve)[document["kind"]].validate_json(document["state"])
        return Loaded(state, document["version"], document["length"], document["length"])

    async def _known(self, ledger: str) -> set[str]:
        """Name the streams of a ledger that have a snapshot; there are few, and asked for once."""
        if ledger not in self._names:
            await self._shelf.declare(self.place)
            (service, congress), names, after = ledger.split("/"), set[str](), ""
            while page := await self._shelf.dump(congress, self.place, service, after, PAGE):
                after = page[-1][0]
                names.update(name for name, *_ in page)
            self._names[ledger] = names
        return self._names[ledger]

    async def _keep(self, decider: Decider, place: tuple[str, str, str], found: Loaded) -> None:
        (ledger, kind, stream), state = place, type(found.state).__name__
        service, congress = ledger.split("/")
        try:
            (raw,) = await self._journal.fetch(ledger, found.version - 1, 1)
            document = {
                "code": _code(decider.evolve), "entry": leaf(raw).hex(), "version": found.version,
                "length": found.length, "kind": state,
                "state": _kinds(decider.evolve)[state].dump_json(found.state).decode(),
            }  # fmt: skip
            written = {f"{kind} {stream}": (found.version, document)}
            await self._shelf.put(congress, self.place, service, written, found.version)
            (await self._known(ledger)).update(written)
        except ConnectionError as error:
            log.warning("snapshot not kept", stream=stream, error=str(error))


@cache
def _kinds(evolve: Any) -> Mapping[str, TypeAdapter[Any]]:  # noqa: ANN401 - a duty's fold
    """Give the states that a fold may lead to, by name."""
    union = get_type_hints(evolve)["return"]
    return {each.__name__: TypeAdapter(each) for each in get_args(union) or (union,)}


@cache
def _code(evolve: Any) -> str:  # noqa: ANN401 - a duty's fold
    """Give the hash of the code that a state depends on: its duty's and the catalogue's."""
    folders = [Path(inspect.getfile(each)).parent for each in (evolve, registry)]
    files = [file.read_bytes() for folder in folders for file in sorted(folder.rglob("*.py"))]
    return hashlib.sha256(b"\0".join(files)).hexdigest()
