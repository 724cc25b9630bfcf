"""What was signed of each ledger, kept so that nobody signs another history later.

An *origin* (`<house>/<service>/<congress>`) is a ledger's name in the world. A witness keeps the
same of ledgers that are not its own, without tiles.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from events.proof import note
from events.proof.chain import START, Link
from events.proof.checkpoint import Checkpoint
from events.proof.tiles import Address, Edge, Tiles
from events.proof.tree import EMPTY


@dataclass(frozen=True, slots=True)
class Signed:
    """The newest checkpoint of an origin, and where its tree and its chain go on.

    `note` is the signed note, `vkeys` the keys that signed it, `time` when (POSIX seconds). `head`
    and `recorded` are the last entry's leaf hash (hexadecimal) and `recordedtime`.
    """

    origin: str
    size: int
    root: bytes
    note: str
    time: int
    vkeys: tuple[str, ...] = ()
    head: str = START.hash
    recorded: str = ""
    edge: Edge = ()

    @property
    def checkpoint(self) -> Checkpoint:
        """Give what was signed."""
        return Checkpoint(self.origin, self.size, self.root)

    @property
    def link(self) -> Link:
        """Give the last entry, from which the chain goes on."""
        return Link(self.size, self.head)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a witness has cosigned last: under which key, up to which size, when (POSIX seconds)."""

    name: str
    vkey: str
    size: int
    time: int


@dataclass(frozen=True, slots=True)
class Standing:
    """All that is kept of an origin beside its tiles.

    `cosigned` is the newest note with a witness's line, of `cosigned_size` entries, as it was then;
    others are shown `witnessed`. `refused` says why this ledger is not signed any more, until an
    operator has looked.
    """

    signed: Signed
    cosigned: str = ""
    cosigned_size: int = 0
    seen: tuple[Seen, ...] = ()
    refused: str | None = None

    @property
    def witnessed(self) -> str:
        """Give `cosigned`; where it is of what was signed last, under the keys that sign that now.

        Raises:
            NoteFaulty: when what is kept is no note.

        """
        if not self.cosigned or self.cosigned_size != self.signed.size:
            return self.cosigned
        own, seen = note.read(self.signed.note), note.read(self.cosigned)
        if own.text != seen.text:
            return self.cosigned
        witnesses = (each for each in seen.signatures if each.name != self.signed.origin)
        return note.signed(own.text, [*own.signatures, *witnesses])


def nothing(origin: str) -> Standing:
    """Give what is kept of a ledger that was never signed."""
    return Standing(Signed(origin, 0, EMPTY, "", 0))


class At(Protocol):
    """Where a ledger stands."""

    @property
    def sequence(self) -> int:
        """Give the sequence of its last entry."""
        ...

    @property
    def hash(self) -> str:
        """Give that entry's leaf hash (hexadecimal)."""
        ...


class Source(Protocol):
    """The ledgers that are signed, where they are kept; raises ConnectionError when they are away."""

    async def fetch(self, ledger: str, after: int, limit: int) -> Sequence[bytes]:
        """Give at most `limit` entries of a ledger with a sequence above `after`, in order."""
        ...

    async def heads(self, prefix: str = "") -> Mapping[str, At]:
        """Give the head of every ledger whose name begins with `prefix`."""
        ...


class NotesAway(ConnectionError):  # noqa: N818 - it names what was found
    """The store is out of reach, or takes no more just now."""


class Notes(Protocol):
    """The port that SQLite and MongoDB fill; every call raises NotesAway where the store is remote."""

    async def get(self, origin: str) -> Standing | None:
        """Give what is kept of an origin; None when there is nothing."""
        ...

    async def all(self) -> Sequence[Standing]:
        """Give what is kept of every origin, by its name."""
        ...

    async def tiles(self, origin: str, addresses: Sequence[Address]) -> Mapping[Address, bytes]:
        """Give full tiles of an origin; those that are not kept are absent."""
        ...

    async def put(self, signed: Signed, tiles: Tiles, after: int) -> bool:
        """Keep a checkpoint and the tiles that filled, if the last one had `after` entries.

        The same tree under other keys has `after` entries itself. Durable when this returns True.
        False: another was faster, or the ledger is refused, and the checkpoint must not be released.
        """
        ...

    async def cosign(self, origin: str, note: str, size: int, seen: Sequence[Seen]) -> None:
        """Keep what witnesses have cosigned; what is older than what is kept changes nothing."""
        ...

    async def refuse(self, origin: str, why: str | None) -> None:
        """Say why an origin is signed no more; None: an operator has looked, and it may be."""
        ...

    async def close(self) -> None:
        """Let go of the store."""
        ...
