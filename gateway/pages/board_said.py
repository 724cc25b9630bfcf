"""What the board says in one sentence, and the rows of its chart. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.pages.telling import Say, category_of

MOST_BARS = 12
YEARS_FROM = 100


def newest(sessions: Sequence[str]) -> str:
    """Give the last session that was held; between sessions a cohort is called by its year."""
    held = [each for each in sessions if int(each.partition("-")[2]) < YEARS_FROM]
    return max(held, key=order, default="")


def order(session: str) -> tuple[int, int]:
    """Sort cohorts by term and number."""
    term, _, number = session.partition("-")
    return int(term), int(number)


def counts_of(summary: Mapping[str, Any]) -> dict[str, int]:
    """Count the items that wait for a reply, and those of them that are late."""
    colours = summary["colours"]
    return {
        "late": colours["red"],
        "near": colours["amber"],
        "open": colours["red"] + colours["amber"] + colours["green"],
    }


def headline(summary: Mapping[str, Any], late_by_category: Mapping[str, int], say: Say) -> str:
    """Say what is late, and where most of it is; or that nothing is."""
    late, waiting = (counts_of(summary)[name] for name in ("late", "open"))
    if not late:
        return say("board.none_late", count=waiting) if waiting else say("board.all_replied")
    most = max(late_by_category.values(), default=0)
    fields = [name for name, count in late_by_category.items() if count == most]
    if len(fields) == 1:
        category = category_of({"category": fields[0]}, say)
        return say("board.most_late", category=category, count=most, all=late)
    return say("board.all_late", count=late, fields=len(late_by_category))


def unit_title(rows: Sequence[Mapping[str, Any]], say: Say) -> str:
    """Say what the chart by unit shows."""
    late = [each for each in rows if each["late"]]
    most = max((each["late"] for each in late), default=0)
    top = [each for each in late if each["late"] == most]
    if len(top) == 1:
        return say("board.unit_most_late", unit=top[0]["name"], count=most)
    if len(top) > 1 and len(top) == len(late):
        return say("board.units_late", count=len(late), each=most)
    return say("board.units_most_late", count=len(late)) if late else _open_title(rows, say)


def _open_title(rows: Sequence[Mapping[str, Any]], say: Say) -> str:
    most = max((each["open"] for each in rows), default=0)
    top = [each["name"] for each in rows if each["open"] == most]
    if not most:
        return say("board.nothing_open")
    if len(top) == 1:
        return say("board.unit_most_open", unit=top[0], count=most)
    return say("board.units_most_open", count=len(top), each=most)


def bars(rows: Sequence[Mapping[str, Any]]) -> list[tuple[str, int, int]]:
    """Give for each unit that owes a reply: still in time, and late; the worst first."""
    owing = [each for each in rows if each["open"]]
    owing.sort(key=lambda each: (-each["late"], -each["open"], each["unit"]))
    return [(each["name"], each["open"] - each["late"], each["late"]) for each in owing[:MOST_BARS]]
