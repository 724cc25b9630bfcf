"""The shapes that every service fills: pure values and functions, no machinery.

A duty is a `Decider`; a service is a `Service`, a value that opens nothing.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from events.catalogue.envelope import Entry
from events.catalogue.event import Event
from events.catalogue.vocabulary import Basis, Calendar, Deadline, Rulebook, Step, Value
from services.chassis import workdays

Document = dict[str, Any]
"""A view's document: JSON without floats."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A no: a stable code, a sentence in Chinese and English, and the article it stands on.

    `kind` says what sort of no it is; only `problems.py` knows the HTTP status of each.
    """

    code: str
    zh: str
    en: str
    basis: Basis | str | None = None
    kind: Literal["rule", "not-yours", "absent"] = "rule"


class Command(Value):
    """What may be asked: exactly a request body, in the imperative."""


@dataclass(frozen=True, slots=True)
class On:
    """An event that belongs to another stream of the same ledger than the command's own."""

    stream: str
    event: Event


Decision = Sequence[Event | On] | Refusal
"""What follows from a command: events in order (none: nothing to do), or a no."""


class Ids:
    """A deterministic supply of new ids, from n = 0 whenever a command is decided again."""

    def __init__(self, derive: Callable[[int], str], code: Callable[[], str] = str) -> None:
        """Take the derivation from n to an id, and that of this command's receipt code."""
        self._derive, self._next, self._code = derive, 0, code

    @cached_property
    def receipt_code(self) -> str:
        """Give the receipt code; most commands have no use for one."""
        return self._code()

    def new(self) -> str:
        """Give the next id."""
        self._next += 1
        return self._derive(self._next - 1)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a decision may look at beside command and state; put together by handling.

    `actor` is `role/opaque-id` or `reaction/<name>`; `holds` the mandate, unit or station
    the actor acts for. `known` has a document for each id that `needs` named (None: not
    known), `beside` a state for each stream that `beside` named.
    """

    congress: str
    stream: str
    now: dt.datetime
    actor: str
    holds: str | None
    ids: Ids
    rulebooks: Sequence[Rulebook] = ()
    calendars: Sequence[Calendar] = ()
    known: Mapping[str, Document | None] = field(default_factory=dict)
    beside: Mapping[str, Any] = field(default_factory=dict)

    @property
    def role(self) -> str:
        """Give the role in which the actor acts."""
        return self.actor.partition("/")[0]

    @property
    def today(self) -> dt.date:
        """Give the legal day on which this is decided."""
        return workdays.legal_day(self.now)

    def rulebook(self, day: dt.date | None = None) -> Rulebook:
        """Give the rulebook in force on a day (default: today)."""
        return workdays.rulebook_at(self.rulebooks, day or self.today)

    def deadline(self, step: Step, start: dt.date) -> Deadline:
        """Compute the date of a step whose clock starts on a day, with its explanation."""
        return workdays.deadline(step, start, self.rulebook(start), self.calendars)

    @property
    def ruled(self) -> bool:
        """Tell whether any rulebook is in force today; without one nothing can be dated."""
        return any(each.in_force <= self.today for each in self.rulebooks)

    def basis(self, act: str) -> Basis | None:
        """Give the article on which an act stands today, if the rulebook names one."""
        return self.rulebook().articles.get(act)


@dataclass(frozen=True, slots=True)
class Acting:
    """For whom and in which congress a command acts."""

    congress: str
    holds: str | None


def nothing(*_: object) -> tuple[str, ...]:
    """Need nothing, stand on nothing beside."""
    return ()


@dataclass(frozen=True, slots=True)
class Decider:
    """One duty as three pure functions, and what its decisions stand on.

    `initial` gives the state of a stream of each kind before its first entry; the first
    kind is the duty's own. `needs(command, state, acting)` names what must be known of
    others, `beside(command, state, acting)` the other streams of the ledger that the decision
    stands on. `owner` says whose key seals the words of a command.
    """

    initial: Mapping[str, Any]
    evolve: Callable[[Any, Event], Any]
    decide: Callable[[Any, Any, Circumstances], Decision]
    needs: Callable[[Any, Any, "Acting"], Iterable[str]] = nothing
    beside: Callable[[Any, Any, "Acting"], Iterable[str]] = nothing
    owner: Callable[[Any, str], str] = lambda _command, stream: stream

    @property
    def kind(self) -> str:
        """Give the kind of the duty's own streams: `suggestion`."""
        return next(iter(self.initial))

    def start(self, stream: str) -> Any:  # noqa: ANN401 - each kind has a state of its own
        """Give the state of a stream that has no entry yet."""
        return self.initial[stream.partition("/")[0]]


Project = Callable[[Any, Entry], Any]


def subject(entry: Entry) -> tuple[str, ...]:
    """Route an entry to the document of its own stream."""
    return (entry.subject,)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: a role (`citizen` without account), an id, and what he acts for."""

    role: str
    id: str
    holds: str | None
    congress: str


def hidden(_document: Any, _reader: Reader) -> None:  # noqa: ANN401 - any document
    """Show nobody anything: the default."""
    return


@dataclass(frozen=True, slots=True)
class View:
    """Documents folded from ledgers: what people look at.

    `on` maps event classes to `(document, entry) -> document`; a document begins as `{}`. A step is
    given the document as its own: it may change what steps made, never what it takes from an entry.
    `keys` routes from the entry alone. `shows` gives the document as a reader may see it,
    or None; words in it stay references until they are opened for him. `names` are the ids
    of others (`mandate/3-ab`) whose names an answer tells. `fields` may be searched and sorted.
    `shape` is the TypedDict of a document. With `etag` every entry of the subject moves the
    document's mark, so that the mark is the stream's version.
    """

    name: str
    version: int
    shape: type
    on: Mapping[type[Event], Project]
    keys: Callable[[Entry], tuple[str, ...]] = subject
    shows: Callable[[Any, Reader], Any] = hidden
    names: Callable[[Any], Iterable[str]] = nothing
    fields: tuple[str, ...] = ()
    etag: bool = False

    @property
    def kind(self) -> str:
        """Give the kind of a reference's ids: `mandate` for `suggestions-knows-mandate`."""
        return self.name.rpartition("-")[2]

    def project(self, document: Any, entry: Entry) -> Any:  # noqa: ANN401 - its own shape
        """Fold one entry into one document; entries of other types leave it as it is."""
        step = self.by_wire.get(entry.type)
        return document if step is None else step(document, entry)

    @property
    def by_wire(self) -> Mapping[str, Project]:
        """Give the steps by wire name."""
        return {each.wire: step for each, step in self.on.items()}


@dataclass(frozen=True, slots=True)
class Send:
    """A command that a reaction sends: to a stream, or (None) to make a new thing."""

    command: Command
    decider: Decider
    stream: str | None = None


@dataclass(frozen=True, slots=True)
class Reaction:
    """What others' events ask of us: each causing entry once, for ever.

    `react(entry, known)` sends at most one command to a stream and makes at most one new
    thing per duty. `declined(command, refusal)` is the event that stands for a refused command;
    without it a refusal means that there was nothing to do.
    """

    name: str
    on: tuple[type[Event], ...]
    react: Callable[[Entry, Mapping[str, Document | None]], Iterable[Send]]
    needs: Callable[[Entry], Iterable[str]] = nothing
    declined: Callable[[Any, Refusal], Event] | None = None


Fate = Literal["erase", "restrict", "release"]
"""What becomes of the records of an owner: destroyed, kept unreadable, readable again."""


@dataclass(frozen=True, slots=True)
class Service:
    """Who is plugged into what. `fates` are events whose `owner` the vault deals with so."""

    name: str
    title: str
    routes: tuple[Any, ...]
    views: tuple[View, ...] = ()
    references: tuple[View, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    fates: Mapping[type[Event], Fate] = field(default_factory=dict)
