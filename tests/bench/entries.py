"""Real entries for the workloads: events of the catalogue with all that the house writes beside them."""

import datetime as dt
import random
from collections.abc import Iterable, Iterator, Sequence
from itertools import cycle, islice
from statistics import mean

from events.catalogue import suggestions as said
from events.catalogue import training
from events.catalogue.envelope import decided, placed
from events.catalogue.event import Event
from events.proof.chain import leaf
from tests.services.suggestions import past
from tests.specification import reference

SMALLEST, LARGEST = 600, 900
CONGRESS = "630200"
AT = dt.datetime(2025, 2, 27, 4, tzinfo=dt.UTC)
OPEN = 400


class OutOfRange(Exception):  # noqa: N818 - it names what was found
    """An entry is smaller or larger than those that a workload measures."""


BEGUN: tuple[Event, ...] = (
    *past.REVIEW, past.ADMITTED, past.REGISTERED, past.assigned(past.MAIN, past.JOINT),
    past.received(), past.contacted(number=1), past.contacted(number=2),
)  # fmt: skip
"""How a suggestion gets to its two units; half of these entries are larger than `LARGEST`."""


def _refused(unit: str) -> Event:
    reason = reference("属于本单位职责")
    return said.ReturnRefused(unit=unit, reason=reason, day=past.day("2025-03-05"), session=past.SESSION)


HANDLED: tuple[Event, ...] = (
    past.received("water"), past.confirmed(1), past.confirmed(2),
    past.returning("water"), _refused("water"), past.returning(), _refused("housing"),
)  # fmt: skip
"""What happens to it there, until it is replied to."""


def told(raws: Iterable[bytes]) -> str:
    """Tell how large entries are, `653-896, mean 796 bytes`."""
    sizes = [len(raw) for raw in raws]
    return f"{min(sizes)}-{max(sizes)}, mean {mean(sizes):.0f} bytes"


def sized(raws: Sequence[bytes]) -> str:
    """Tell how large they are.

    Raises:
        OutOfRange: when one has less than 600 or more than 900 bytes.

    """
    if not all(SMALLEST <= len(raw) <= LARGEST for raw in raws):
        raise OutOfRange(told(raws))
    return told(raws)


def planned(chance: random.Random) -> tuple[str, bytes]:
    """Plan a course: stream and decided part."""
    subject = f"course/{chance.randbytes(12).hex()}"
    event = training.CoursePlanned(
        title=chance.choice(("代表如何审查预算", "代表法修改解读", "怎样提出高质量的代表建议")),
        mode=training.Mode.OFFLINE, topic=training.Topic.BUDGET, minutes=chance.randint(45, 180),
        starts=AT + dt.timedelta(days=chance.randint(7, 90)), place="海东市人大常委会会议中心三楼",
        capacity=chance.randint(20, 120),
    )  # fmt: skip
    return subject, _part(chance, subject, event, "staff/b2aruataigdu")


def courses(size: int) -> Sequence[tuple[str, bytes]]:
    """Plan so many courses: streams of their own, decided parts that vary as a hundred drawn ones do."""
    chance = random.Random(7)
    drawn = [planned(chance) for _ in range(100)]
    return [_renamed(*chance.choice(drawn), f"course/{chance.randbytes(12).hex()}") for _ in range(size)]


def _renamed(subject: str, part: bytes, name: str) -> tuple[str, bytes]:
    return name, part.replace(subject.encode(), name.encode())


def entry(ledger: str, sequence: int, part: bytes) -> bytes:
    """Give the entry that the house would make of a decided part, for those who do not make their own."""
    return placed(
        ledger=ledger, sequence=sequence, recordedtime="2025-02-27T04:00:00.000000Z",
        prevhash="0" * 64, decided=part,
    )  # fmt: skip


def ledger(
    size: int, streams: int | None = None, congress: str = CONGRESS
) -> tuple[Sequence[bytes], Sequence[bytes]]:
    """Tell of suggestions (default: one for seven entries) that `size` entries follow their beginnings.

    The beginnings stand one after the other; what follows is in a chance order, `OPEN`
    suggestions at a time. Gives the beginnings, and what follows.
    """
    chance, count = random.Random(7), streams or -(-size // len(HANDLED))
    names = [f"suggestion/{chance.randbytes(12).hex()}" for _ in range(count)]
    begun = [(stream, event) for stream in names for event in BEGUN]
    mixed = _mixed(chance, names, -(-size // count))
    raws = list(_chained(chance, [*begun, *mixed][: len(begun) + size], congress))
    return raws[: len(begun)], raws[len(begun) :]


def story(length: int) -> Sequence[Event]:
    """Tell what units do with a suggestion, in so many entries: they ask to give it back, again and again."""
    again = cycle(HANDLED[3:])
    return [*HANDLED, *islice(again, max(0, length - len(HANDLED)))][:length]


def _mixed(chance: random.Random, streams: Sequence[str], length: int) -> Iterator[tuple[str, Event]]:
    waiting, told = iter(streams), story(length)
    under_way = [(name, iter(told)) for name in islice(waiting, OPEN)]
    while under_way:
        number = chance.randrange(len(under_way))
        name, rest = under_way[number]
        if (event := next(rest, None)) is not None:
            yield name, event
            continue
        under_way.pop(number)
        under_way += [(name, iter(told)) for name in islice(waiting, 1)]


def _chained(chance: random.Random, story: Iterable[tuple[str, Event]], congress: str) -> Iterator[bytes]:
    link = ""
    for sequence, (stream, event) in enumerate(story, 1):
        raw = placed(
            ledger=f"suggestions/{congress}", sequence=sequence, recordedtime="2025-02-27T04:00:00.000000Z",
            prevhash=link, decided=_part(chance, stream, event, "unit/jwoq5mos3izh", congress),
        )  # fmt: skip
        link = leaf(raw).hex()
        yield raw


def _part(
    chance: random.Random, stream: str, event: Event, actor: str, congress: str = CONGRESS
) -> bytes:  # fmt: skip
    return decided(
        type=event.wire, subject=stream, time=AT, congress=congress, actor=actor,
        correlationid=chance.randbytes(16).hex(), rulebook="national@2015",
        standson=(f"deputies/{congress}/353",), dataschema=f"/schemas/{event.wire}", data=event.data(),
    )  # fmt: skip
