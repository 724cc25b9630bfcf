"""The goals: what was measured, held against what was wanted."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from tests.bench.values import Measured, share


class Reached(NamedTuple):
    """One goal and what became of it; `proven_by` is the verb of make that measures it."""

    name: str
    goal: str
    measured: str
    reached: bool
    proven_by: str


class Goal(NamedTuple):
    """What is wanted of a workload's case: a figure that is at least, or at most, `wanted`.

    A case without a name means all of the workload's, in their order.
    """

    name: str
    of: tuple[str, str]
    figure: Callable[[Sequence[Measured]], float]
    wanted: float
    written: str
    most: bool = False
    proven_by: str = "bench"


def _named(found: Sequence[Measured], name: str) -> Measured:
    return next(each for each in found if each.subject.name == name)


def beside(other: str, house: str = "house") -> Callable[[Sequence[Measured]], float]:
    """Compare the house with another subject of the case."""
    return lambda found: share(_named(found, house), _named(found, other))


def rate(found: Sequence[Measured]) -> float:
    """Give the house's rate."""
    return _named(found, "house").rate


def p99(found: Sequence[Measured]) -> float:
    """Give the house's p99, in milliseconds."""
    return _named(found, "house").milliseconds(1) or float("inf")


def also(name: str) -> Callable[[Sequence[Measured]], float]:
    """Give another figure that the house's runs tell."""
    return lambda found: _named(found, "house").also(name)


def linear(found: Sequence[Measured]) -> float:
    """Give how far the time of an entry on the way to ten million is from that of one at the beginning."""
    return abs(found[-1].also("late beside early") - 1)


def flat(found: Sequence[Measured]) -> float:
    """Give how much memory ten million entries take more than a hundred thousand, in MB."""
    _, first, *_, last = found
    return last.also("resident MB") - first.also("resident MB")


def snapshot(found: Sequence[Measured]) -> float:
    """Give how long the longest stream takes with its snapshot, in times of the shortest without."""
    short = _named(found, "house").milliseconds(0) or 0.0
    long = _named(found[::-1], "snapshot").milliseconds(0)
    return long / short if long and short else float("inf")


AT_128 = "128 tasks"
STEADY, LOADED = ("http", "600 opinions/s"), ("rehydrate", "1,000 entries")
ALL_CORES = ("audit", "verify, all ledgers on all cores")
PASSED = ("kafka", "journal → Kafka → board")
GOALS: Sequence[Goal] = (
    Goal("append beside eventsourcing", ("append", AT_128), beside("eventsourcing"), 10, "{:.1f} x"),
    Goal("append of raw group commit", ("append", AT_128), beside("raw group commit"), 0.85, "{:.0%}"),
    Goal("command beside eventsourcing", ("command", AT_128), beside("eventsourcing"), 5, "{:.1f} x"),
    Goal(
        "rehydrate beside eventsourcing",
        ("rehydrate", "1,000 entries"),
        beside("eventsourcing"),
        6,
        "{:.1f} x",
    ),
    Goal(
        "10,000 entries with snapshot beside 10",
        ("rehydrate", ""),
        snapshot,
        1.5,
        "{:.1f} x",
        most=True,
        proven_by="bench-full",
    ),
    Goal("rehydrate with its snapshot, of decode", LOADED, beside("decode", "snapshot"), 0.5, "{:.0%}"),
    Goal("rehydrate with nothing kept, of decode", LOADED, beside("decode"), 0.5, "{:.0%}"),
    Goal(
        "project 1 M beside eventsourcing",
        ("project", "board"),
        beside("eventsourcing"),
        25,
        "{:.1f} x",
        proven_by="bench-full",
    ),
    *(
        Goal(
            f"project 1 M into {view}, of parse + fold + write",
            ("project", view),
            beside("parse + fold + write"),
            0.6,
            "{:.0%}",
            proven_by="bench-full",
        )
        for view in ("cases", "board", "dossier", "figures")
    ),
    Goal("verify", ("audit", "verify"), rate, 200_000, "{:,.0f} entries/s"),
    Goal(
        "verify, all cores beside one",
        ALL_CORES,
        beside("house, one core"),
        1.5,
        "{:.1f} x",
        proven_by="bench-full",
    ),
    *(
        Goal(
            f"{part} the board, of parse + fold + write",
            ("audit", part),
            beside("parse + fold + write"),
            0.6,
            "{:.0%}",
        )
        for part in ("refold", "diff")
    ),
    Goal("journal → Kafka → view, of aiokafka", PASSED, beside("raw aiokafka"), 0.8, "{:.0%}"),
    Goal("600 opinions/s: p99", STEADY, p99, 50, "{:,.0f} ms", most=True),
    Goal("600 opinions/s: kept up", STEADY, rate, 590, "{:,.0f}/s"),
    Goal(
        "national board: p99",
        ("national", "board among 45,000 congresses"),
        p99,
        20,
        "{:,.1f} ms",
        most=True,
        proven_by="bench-full",
    ),
    Goal("start", ("start", "example"), also("seconds"), 2, "{:.1f} s", most=True),
    Goal(
        "replay of 10 M: linear", ("growth", ""), linear, 0.1, "{:.0%} off", most=True, proven_by="bench-full"
    ),
    Goal(
        "replay of 10 M: flat", ("growth", ""), flat, 20, "{:,.0f} MB more", most=True, proven_by="bench-full"
    ),
    Goal("idle memory", ("start", "example"), also("idle MB"), 200, "{:,.0f} MB", most=True),
)


def reached(goals: Sequence[Goal], results: Sequence[Measured]) -> Iterator[Reached]:
    """Hold the goals against results; those whose case was not run are left out."""
    for goal in goals:
        found = [
            each for each in results if each.workload == goal.of[0] and goal.of[1] in {each.case.name, ""}
        ]
        if not found:
            continue
        sound = all(each.sound for each in found if each.subject.name == "house")
        value = goal.figure(found) if sound else 0.0
        held = sound and (value <= goal.wanted if goal.most else value >= goal.wanted)
        sign = "≤" if goal.most else "≥"
        told = goal.written.format(value) if sound else "lost or doubled"
        yield Reached(goal.name, f"{sign} {goal.written.format(goal.wanted)}", told, held, goal.proven_by)
