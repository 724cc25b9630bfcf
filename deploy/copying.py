"""A copy of a congress's ledgers for whoever audits them, written while it is sent.

Its entries are as they are stored, checked by nobody here: the auditor's tool judges them.
"""

import zipfile
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from typing_extensions import Buffer

from deploy import attesting
from deploy.archive import Writing
from deploy.manifest import Manifest, Place, Vouched
from events.catalogue.envelope import Entry, instant
from events.catalogue.registry import BY_SERVICE, CATALOGUE
from events.journal.port import Head
from events.notary.proving import Proving
from events.proof.chain import leaf
from services.chassis.clock import Clock

CHUNK = 500


class At(Protocol):
    """Where a ledger stands."""

    @property
    def sequence(self) -> int:
        """Give the sequence of its last entry."""
        ...


class Source(Protocol):
    """The ledgers of a house: its journal, or their owners over HTTP."""

    async def fetch(self, ledger: str, after: int, limit: int) -> Sequence[bytes]:
        """Give at most `limit` entries of a ledger above `after`, in order."""
        ...

    async def heads(self, prefix: str = "") -> Mapping[str, At]:
        """Give where every ledger stands whose name begins with `prefix`."""
        ...


class Sink:
    """Takes what an archive writes, until it is sent on."""

    def __init__(self) -> None:
        self._kept = bytearray()

    def write(self, data: Buffer) -> int:
        """Take bytes."""
        self._kept += memoryview(data)
        return memoryview(data).nbytes

    def flush(self) -> None:
        """Have nothing to do: nobody waits for less than a piece."""

    def close(self) -> None:
        """Have nothing to let go of."""

    def taken(self) -> bytes:
        """Give what came since the last time."""
        found, self._kept = bytes(self._kept), bytearray()
        return found


@dataclass(frozen=True, slots=True)
class Copying:
    """Where copies come from: the ledgers of a house, and what was signed of them."""

    name: str
    clock: Clock
    ledgers: Source
    proving: Proving

    async def copied(self, congress: str) -> AsyncIterator[bytes]:
        """Give the bytes of an archive without personal data, bit by bit; see docs/archive.md."""
        sink, heads, types = Sink(), dict[str, Head](), set[str]()
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as file:
            archive, lasts = Writing(file, None), await self._lasts(congress)
            kept = await attesting.standings(self.proving, lasts)
            for ledger, last in lasts.items():
                signed = kept[ledger].signed.size if ledger in kept else 0
                with archive.entries(ledger) as put:
                    async for after, raws in self._entries(ledger, max(last, signed)):
                        for raw in raws:
                            put(raw)
                            types |= _type(raw)
                        heads[ledger] = Head(after, leaf(raws[-1]).hex())
                        yield sink.taken()
            vouched = attesting.put_checkpoints(archive, kept)
            attesting.put_schemas(archive, types)
            archive.manifest(self._manifest(congress, heads, vouched))
        yield sink.taken()

    async def _lasts(self, congress: str) -> Mapping[str, int]:
        ledgers = [f"{service}/{congress}" for service in BY_SERVICE]
        found = {ledger: (await self.ledgers.heads(ledger)).get(ledger) for ledger in ledgers}
        return {ledger: each.sequence for ledger, each in found.items() if each}

    async def _entries(self, ledger: str, last: int) -> AsyncIterator[tuple[int, Sequence[bytes]]]:
        """Give entries piece by piece, with the sequence that each piece ends in."""
        after = 0
        while after < last and (raws := await self.ledgers.fetch(ledger, after, min(CHUNK, last - after))):
            after += len(raws)
            yield after, raws

    def _manifest(self, congress: str, heads: Mapping[str, Head], signed: Mapping[str, Vouched]) -> Manifest:
        return Manifest(
            congress=congress, house=self.name, made=instant(self.clock.now()), closed=False, personal=False,
            kdf=None, salt=None, signed=dict(signed),
            ledgers={name: Place(sequence=head.sequence, hash=head.hash) for name, head in heads.items()},
        )  # fmt: skip


def _type(raw: bytes) -> set[str]:
    """Name the type of an entry; one that cannot be read any more has none."""
    try:
        return {Entry(raw).type} & CATALOGUE.keys()
    except (ValueError, KeyError):
        return set()
