"""The terms in which adapters speak of a MongoDB database, its failures by name; no library.

A failure is told by its code, never by its text.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Document = dict[str, Any]
Filter = Mapping[str, Any]
Fields = Sequence[tuple[str, int]]  # names, each with 1 (ascending) or -1

DUPLICATE = 11_000
NO_PRIMARY = {10_107, 13_435, 13_436}
# The server gave up on the way: whether it has written, it does not say.
UNKNOWN = {6, 7, 50, 64, 89, 91, 189, 262, 9_001, 11_600, 11_602}


class Index(NamedTuple):
    """An index that must stand: under this name, with exactly these fields."""

    name: str
    fields: Fields
    unique: bool = False

    def fits(self, found: Mapping[str, Any]) -> bool:
        """Tell whether the server's description says the same and nothing more."""
        more = set(found) - {"v", "ns", "name", "key", "unique", "background"}
        same = list(found["key"].items()) == [*self.fields] and bool(found.get("unique")) == self.unique
        return same and not more


class Changed(NamedTuple):
    """What an update met: documents found, documents changed, whether it made a new one."""

    matched: int
    modified: int
    inserted: bool


class DatabaseError(Exception):
    """The server refused, and no name below fits; `code` is MongoDB's."""

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


class DuplicateKey(DatabaseError):  # noqa: N818 - it names what was found
    """A unique index holds such a document already.

    `positions` tells which of the documents or writes handed over were refused, in order;
    a single one is 0. What was taken is found out by reading, for not every server tells.
    """

    def __init__(self, message: str, positions: Sequence[int] = (0,)) -> None:
        super().__init__(message, DUPLICATE)
        self.positions = tuple(positions)


class Unreachable(DatabaseError, ConnectionError):  # noqa: N818 - it names what was found
    """The answer did not come. A write may have taken place: find out by reading back."""


class NotReady(Unreachable):
    """No server was found in time that takes writes."""


class WrongTopology(DatabaseError):  # noqa: N818 - it names what was found
    """The server is not the primary of a replica set, and a standalone was not asked for."""


class WeakConcern(DatabaseError):  # noqa: N818 - it names what was found
    """The address asks for writes or reads that a failing server can undo."""


class WrongIndexes(DatabaseError):  # noqa: N818 - it names what was found
    """An index stands under a wanted name with another definition."""


class NewerSchema(DatabaseError):  # noqa: N818 - it names what was found
    """A newer release has written this; the present one must not touch it."""


def by_code(message: str, code: int | None, details: object, *, lost: bool = False) -> DatabaseError:
    """Name the failure: a code, what the server told of it, whether the connection was `lost`."""
    told = details if isinstance(details, Mapping) else {}
    errors = told.get("writeErrors") or []
    codes = {error["code"] for error in errors} or {code or told.get("code")}
    if codes & NO_PRIMARY:
        return NotReady(message, code)
    if lost or codes & UNKNOWN or told.get("writeConcernErrors") or told.get("writeConcernError"):
        return Unreachable(message, code)
    if codes == {DUPLICATE}:
        return DuplicateKey(message, [error["index"] for error in errors] or [0])
    return DatabaseError(message, next(iter(codes - {DUPLICATE}), None))
