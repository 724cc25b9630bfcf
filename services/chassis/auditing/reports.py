"""What an audit says, and the place on the shelf where the last one of each congress is kept."""

from typing import Literal

from typing_extensions import TypedDict

from events.proof.chain import Code
from services.chassis.shelf.port import Table

REPORTS = Table("audit", 2, 1)
"""One document per service and congress for each of `VERIFY` and `DRIFT`, one per service for `STORE`;
the mark is the time."""

VERIFY, DRIFT, STORE = "verify", "drift", "store"
EVERY = ""
"""Stands in the place of a congress: a store is of all of them, and may not even say which there are."""
Kind = Literal["missing", "surplus", "differing", "beyond", "unfoldable", "unreadable"]
"""How a document, or a whole view, is not its replay."""


class Signed(TypedDict):
    """The last checkpoint of the ledger: how many entries it covers, whether they have its root still.

    `refused` says why the ledger is signed no more.
    """

    size: int
    root: str
    agrees: bool
    refused: str | None


class Broken(TypedDict):
    """The first entry that does not hold, and why: a sentence for the terminal, a code for the pages."""

    sequence: int
    why: str
    code: Code


class Verified(TypedDict):
    """A ledger followed: entries that hold, the leaf hash of the last, what was signed of it."""

    ran: str
    ledger: str
    entries: int
    hash: str
    sound: bool
    fault: Broken | None
    signed: Signed | None


class Store(TypedDict):
    """The store itself: what its own check says, what lies in no ledger; `flaws` are sentences."""

    ran: str
    flaws: list[str]


class Field(TypedDict):
    """A place in a document, with both values as JSON text; null where there is none."""

    path: str
    live: str | None
    replayed: str | None


class Finding(TypedDict):
    """A document that is not its replay: with the marks of both, null where there is none."""

    document: str
    kind: Kind
    mark: int | None
    replayed: int | None
    fields: list[Field]


class Drifted(TypedDict, total=False):
    """A view of one ledger compared with its replay; `findings` has the first hundred that differ."""

    ran: str
    service: str
    view: str
    version: int
    generation: int
    ledger: str
    mark: int
    documents: int
    differing: int
    findings: list[Finding]


class Drift(TypedDict):
    """Every view of a service for one congress, each as it was last compared."""

    sound: bool
    views: list[Drifted]


class Audit(TypedDict):
    """The last reports of a service for a congress; null where none was made yet."""

    verify: Verified | None
    store: Store | None
    drift: Drift | None
