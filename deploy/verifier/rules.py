"""Checks of what the suggestions' entries claim against what follows from the entries before them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .almanac import deadline, in_force, legal_day, reference
from .entries import Entry
from .matters import Matter
from .report import Found, found
from .story import Story

DATES: dict[str, Mapping[str, str]] = {
    "suggestion.submitted.v1": {"assign_by": "assign"},
    "suggestion.assigned.v1": {
        "statutory": "reply", "return_by": "return", "contact_by": "first_contact",
    },
    "suggestion.return-approved.v1": {"return_by": "return"},
    "suggestion.replied.v1": {"rate_by": "rating"},
    "suggestion.redo-ordered.v1": {"redo_by": "redo_reply"},
}  # fmt: skip
"""Which step a date of an event is for."""
SEVERAL = ("limit", "due", "start", "step", "calendar", "rulebook", "skipped", "provisional")


def _deadlines(story: Story, entry: Entry) -> Iterator[Found]:
    for field, step in DATES.get(entry.type, {}).items():
        told = entry.data.get(field)
        if told is None and _optional(story, entry, field):
            continue
        computed = list(_computed(story, entry, step))
        if not computed:
            yield found("deadlines.unruled", field=field)
        elif not any(_same(told, each) for each in computed):
            due = computed[0].get("due", "—")
            yield found("deadlines.differ", field=field, told=(told or {}).get("due", "—"), computed=due)


def _optional(story: Story, entry: Entry, field: str) -> bool:
    """Tell whether no date is due: in session nothing limits assignment, nor rating an open reply."""
    if field == "assign_by":
        return bool(entry.data["occasion"] == "session")
    return field == "rate_by" and not story.matters[entry.subject].complete_with(entry.data["unit"])


def _computed(story: Story, entry: Entry, step: str) -> Iterator[Mapping[str, Any]]:
    day, congress = entry.data["day"], entry.text("partitionkey")
    known = entry.known(f"deputies/{congress}")
    for rulebooks, calendars in story.adopted(known, entry.text("recordedtime")):
        if rulebook := in_force(rulebooks, day):
            yield deadline(step, day, rulebook, calendars)


def _same(told: Mapping[str, Any] | None, computed: Mapping[str, Any]) -> bool:
    if told is None or not {*told} <= {*SEVERAL}:
        return False
    return all(told.get(each) == computed.get(each) for each in SEVERAL)


def _rulebook(story: Story, entry: Entry) -> Iterator[Found]:
    told, day = entry.text("rulebook"), legal_day(entry.text("time"))
    possible = story.adopted(
        entry.known(f"deputies/{entry.text('partitionkey')}"), entry.text("recordedtime")
    )
    in_it = [in_force(rulebooks, day) for rulebooks, _ in possible]
    if told and told not in {reference(each) for each in in_it if each}:
        yield found("rulebook.other", told=told, day=day)


def _days(_story: Story, entry: Entry) -> Iterator[Found]:
    told, day = entry.data.get("day"), legal_day(entry.text("time"))
    if told is not None and told != day:
        yield found("days.other", told=told, day=day)


def _numbers(story: Story, entry: Entry) -> Iterator[Found]:
    data = entry.data
    if entry.type == "numbering.issued.v1":
        expected = story.numbers.get(entry.subject.partition("/")[2], 0) + 1
        if data["number"] != expected:
            yield found("numbers.gap", told=data["number"], expected=expected)
        if story.matters[data["suggestion"]].number != data["number"]:
            yield found("numbers.unregistered", told=data["number"])
    if entry.type == "suggestion.closed.v1" and data["number"] != story.matters[entry.subject].number:
        yield found("numbers.other", told=data["number"])


def _facts(story: Story, entry: Entry) -> Iterator[Found]:
    matter = story.matters.get(entry.subject)
    if matter is None or entry.type == "suggestion.submitted.v1":
        return
    for name, expected in _expected(matter, entry).items():
        told = entry.data.get(name)
        if told != expected:
            yield found("facts.differ", field=name, told=told, expected=expected)


def _expected(matter: Matter, entry: Entry) -> Mapping[str, Any]:
    """Give what the entries before say that this one must say."""
    data, session = entry.data, {"session": matter.session}
    match entry.type:
        case "suggestion.replied.v1":
            due, complete = matter.statutory or None, matter.complete_with(data["unit"])
            return session | {"redo": matter.redo, "statutory_due": due, "complete": complete}
        case "suggestion.rated.v1":
            return session | {"redo": matter.redo}
        case "suggestion.redo-ordered.v1":
            return session | {"redo": matter.redo + 1}
        case "suggestion.contact-confirmed.v1":
            kind, mode = matter.told[data["contact"]]
            return session | {"kind": kind, "mode": mode}
        case "suggestion.closed.v1":
            return session | {"result": matter.results.get(matter.redo)}
        case _:
            return session


CHECKS: dict[str, Callable[[Story, Entry], Iterator[Found]]] = {
    "deadlines": _deadlines, "rulebook": _rulebook, "days": _days, "numbers": _numbers, "facts": _facts,
}  # fmt: skip
