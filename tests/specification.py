"""Given, when, then: a rule as a case, without a store, a clock or an event loop.

given(SUGGESTION, "suggestion/s1", *past).by(LEAD).on("2025-02-27").when(command).then(event)
given(…).knows({LEAD.holds: IN_OFFICE}).when(command).refused(refusals.NOT_LEAD)
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from deploy import adoption
from events.catalogue.event import Event
from events.catalogue.vocabulary import Calendar, Reference, Rulebook
from services.chassis.shapes import (
    Acting,
    Circumstances,
    Command,
    Decider,
    Decision,
    Document,
    Ids,
    On,
    Refusal,
)
from services.chassis.words import Words

NOON = dt.timedelta(hours=4)
"""Noon in Asia/Shanghai, in UTC."""


def words(text: str) -> Words:
    """Give words as handling hands them to `decide`: sealed, with a reference made of the text."""
    return Words(None, reference(text), len(text))


def reference(text: str) -> Reference:
    """Give the reference that `words(text)` carries."""
    digest = (text.encode().hex() + "0" * 64)[:64]
    return Reference(record=digest[:26], ciphertext=digest, commitment=digest)


@dataclass(frozen=True)
class Who:
    """Somebody who acts: a role, an id, and the mandate, unit or station he acts for."""

    role: str
    id: str
    holds: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What `decide` said, to be compared with what the rule demands."""

    decision: Decision
    stream: str

    def then(self, *expected: Event | On) -> None:
        """Demand exactly these events."""
        assert not isinstance(self.decision, Refusal), f"refused: {self.decision.code}"
        assert list(expected) == list(self.decision)

    def refused(self, expected: Refusal) -> None:
        """Demand this no."""
        assert expected == self.decision

    @property
    def event(self) -> Any:  # noqa: ANN401 - each command decides its own
        """Give the one event decided."""
        assert not isinstance(self.decision, Refusal), f"refused: {self.decision.code}"
        (only,) = self.decision
        return only

    @property
    def events(self) -> Sequence[Any]:
        """Give all events decided."""
        assert not isinstance(self.decision, Refusal), f"refused: {self.decision.code}"
        return self.decision


@dataclass(frozen=True)
class Given:
    """A stream with its past, and the circumstances of the next command."""

    decider: Decider
    stream: str
    past: tuple[Event | On, ...]
    congress: str = "630200"
    day: dt.date = dt.date(2025, 2, 27)
    who: Who = field(default_factory=lambda: Who("staff", "clerk"))
    known: Mapping[str, Document | None] = field(default_factory=dict)
    rulebooks: Sequence[Rulebook] = field(default_factory=adoption.rulebooks)
    calendars: Sequence[Calendar] = field(default_factory=adoption.calendars)

    def knows(self, documents: Mapping[str, Document | None]) -> "Given":
        """Say what this service knows of others, by id."""
        return replace(self, known={**self.known, **documents})

    def on(self, day: str) -> "Given":
        """Say on which legal day the command comes, `2025-09-23`."""
        return replace(self, day=dt.date.fromisoformat(day))

    def by(self, who: Who) -> "Given":
        """Say who acts."""
        return replace(self, who=who)

    def under(self, *rulebooks: Rulebook) -> "Given":
        """Say which rulebooks the congress adopted."""
        return replace(self, rulebooks=rulebooks)

    def with_calendars(self, *calendars: Calendar) -> "Given":
        """Say which calendars the congress adopted."""
        return replace(self, calendars=calendars)

    def states(self) -> dict[str, Any]:
        """Fold the past into the state of each stream."""
        states: dict[str, Any] = {self.stream: self.decider.start(self.stream)}
        for each in self.past:
            stream, event = (each.stream, each.event) if isinstance(each, On) else (self.stream, each)
            states[stream] = self.decider.evolve(states.get(stream, self.decider.start(stream)), event)
        return states

    def when(self, command: Command) -> Outcome:
        """Decide; only what `needs` and `beside` name is handed over."""
        states = self.states()
        state = states[self.stream]
        acting = Acting(self.congress, self.who.holds)
        needs = list(self.decider.needs(command, state, acting))
        beside = {
            each: states.get(each, self.decider.start(each))
            for each in self.decider.beside(command, state, acting)
        }
        midnight = dt.datetime.combine(self.day, dt.time(), dt.UTC)
        circumstances = Circumstances(
            self.congress, self.stream, midnight + NOON, f"{self.who.role}/{self.who.id}",
            self.who.holds, Ids("new-{}".format, lambda: "RECEIPTCODE2345672345672345"), self.rulebooks,
            self.calendars, {each: self.known.get(each) for each in needs}, beside,
        )  # fmt: skip
        return Outcome(self.decider.decide(command, state, circumstances), self.stream)


def given(decider: Decider, stream: str, *past: Event | On) -> Given:
    """Begin a case: a stream of a duty, and what happened on it and beside it (`On`)."""
    return Given(decider, stream, past)
