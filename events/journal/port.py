"""The journal: what the house knows, in the order in which each ledger learned it.

A *ledger* (`suggestions/630200`) is a gapless sequence 1, 2, 3 …; a *stream*
(`suggestion/ab12`) is the part of it about one subject. Position order is commit order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol


class Proposed(NamedTuple):
    """An entry to be: its stream and its decided part, serialized once by handling.

    `decided` is the inside of a JSON object from `"type"` to `"data"`, without braces.
    """

    subject: str
    decided: bytes


class Once(NamedTuple):
    """An idempotency key. `fingerprint` is absent for reactions: the first decision stands."""

    scope: str
    key: str
    fingerprint: bytes | None = None


class Receipt(NamedTuple):
    """What the caller keeps: the entries of one commit.

    `versions` gives each stream written its new version; `repeated` tells that the key had
    been used for the same request and nothing was written now.
    """

    ledger: str
    first: int
    last: int
    hash: str
    recorded: str
    versions: Mapping[str, int]
    repeated: bool = False

    @property
    def position(self) -> str:
        """Give the address of the last entry, `suggestions/630200/41`."""
        return f"{self.ledger}/{self.last}"


Stored = tuple[int, str, bytes, str | None]
"""An entry as it lies: its place, its stream, itself, perhaps its leaf hash (hexadecimal).

A damaged store may hold anything in place of bytes or text.
"""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody was faster: the streams that moved, with what was written in between."""

    streams: Mapping[str, Sequence[bytes]]


@dataclass(frozen=True, slots=True)
class KeyReused:
    """The key belongs to another request."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where a ledger stands: its last sequence and that entry's leaf hash (hexadecimal)."""

    sequence: int
    hash: str


class JournalFull(Exception):  # noqa: N818 - the field's name for it; callers answer 503
    """More appends are waiting than the journal will hold; nothing was written."""


class JournalBroken(Exception):  # noqa: N818 - as above
    """The store failed, and what it holds is not known: answer 503, exit, open again."""


class JournalAway(ConnectionError):  # noqa: N818 - as above
    """The store is out of reach: 503, ask again with the same key.

    An append may have been written or not; the key tells.
    """


class EntryTooLarge(ValueError):  # noqa: N818 - as above
    """An entry would have more than 65,535 bytes; nothing was written."""


class Journal(Protocol):
    """The port that SQLite and MongoDB fill; every call raises JournalAway where the store is remote."""

    @property
    def broken(self) -> BaseException | None:
        """Give what broke the store; whoever serves it must stop then."""
        ...

    async def append(
        self,
        ledger: str,
        entries: Sequence[Proposed],
        expected: Mapping[str, int],
        once: Once | None = None,
    ) -> Receipt | Conflict | KeyReused:
        """Write `entries` in one commit, durable when this returns.

        The key is looked at before the versions. `expected` names the version of every
        stream of this ledger that the decision stood on (0: none yet).

        Raises:
            JournalFull: when too many appends wait.
            JournalBroken: when the store failed, now or before.
            ValueError: when an entry is larger than 65,535 bytes, there is none, or a name
                is not well-formed; nothing was written.

        """
        ...

    async def recall(self, ledger: str, once: Once) -> Receipt | KeyReused | None:
        """Give the receipt of the first time, if this key was used in this ledger."""
        ...

    async def read(self, ledger: str, subject: str, after: int = 0) -> Sequence[bytes]:
        """Give the entries of one stream with a sequence above `after`, in order."""
        ...

    async def fetch(self, ledger: str, after: int, limit: int) -> Sequence[bytes]:
        """Give at most `limit` entries of a ledger with a sequence above `after`, in order."""
        ...

    async def heads(self, prefix: str = "") -> Mapping[str, Head]:
        """Give the head of every ledger whose name begins with `prefix`."""
        ...

    async def hinted(self, prefix: str = "") -> Mapping[str, Head]:
        """Give the same more cheaply; another process's last commit may be missing, for a minute at most."""
        ...

    async def changed(self, seen: int) -> int:
        """Wait until the journal has committed since `seen`; give the new count of commits.

        The count is of this process and begins at 0; it is a wake-up, not a position.
        """
        ...

    async def mentions(self, records: Sequence[str]) -> set[str]:
        """Give those vault records that some entry names; the sweeper spares them."""
        ...

    async def close(self) -> None:
        """Finish what waits, then let go of the store."""
        ...
