"""What a long stream is now is kept on the shelf, and believed only while it is its replay."""

import importlib
import inspect
import pkgutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

import services
from services.chassis import states
from services.chassis.running import Ports
from services.chassis.shapes import Decider
from services.chassis.states import EVERY, LONG, States
from services.suggestions.suggestion.rules.decider import SUGGESTION
from tests.bench.entries import BEGUN, story
from tests.services.chassis.following import LEDGER, issued
from tests.world import ports, say

pytestmark = pytest.mark.timeout(30)
STREAM = "suggestion/s1"


@pytest.fixture
async def standing(tmp_path: Path) -> AsyncIterator[Ports]:
    """Ports of a house."""
    async with ports(tmp_path) as opened:
        yield opened


def every_decider() -> list[Decider]:
    """Find the duty of every service."""
    found = list[Decider]()
    for each in pkgutil.walk_packages(services.__path__, "services."):
        if ".rules" in each.name:
            module = importlib.import_module(each.name)
            found += [value for _, value in inspect.getmembers(module) if isinstance(value, Decider)]
    return found


async def whole(standing: Ports) -> tuple[Any, int]:
    """Fold all of it."""
    return await States("suggestions", standing.journal, standing.shelf, 10**9).load(
        SUGGESTION, LEDGER, STREAM
    )


async def written(standing: Ports, length: int) -> None:
    """Tell a suggestion of so many entries."""
    await say(standing, LEDGER, STREAM, *[*BEGUN, *story(length)][:length])


async def test_a_long_stream_is_read_from_its_snapshot(standing: Ports) -> None:
    """Another process reads the state and what follows it, and comes to the same as by folding all."""
    await written(standing, LONG)
    one, other = (States("suggestions", standing.journal, standing.shelf) for _ in range(2))
    expected = await one.load(SUGGESTION, LEDGER, STREAM)
    await one.forget()
    await say(standing, LEDGER, STREAM, *story(12)[-2:])
    read = list[int]()

    async def reading(ledger: str, stream: str, after: int = 0) -> Any:  # noqa: ANN401 - entries
        read.append(after)
        return await standing.journal.read(ledger, stream, after)

    other._journal = type("Journal", (), {"read": staticmethod(reading), "fetch": standing.journal.fetch})()  # noqa: SLF001
    assert expected[1] == LONG
    assert await other.load(SUGGESTION, LEDGER, STREAM) == await whole(standing)
    assert read == [LONG]


async def test_what_is_written_here_is_kept_as_well(standing: Ports) -> None:
    """A stream that grows by commands alone, never read again, has its snapshot all the same."""
    await written(standing, LONG - 1)
    known, other = (States("suggestions", standing.journal, standing.shelf) for _ in range(2))
    _, version = await known.load(SUGGESTION, LEDGER, STREAM)
    event = story(LONG)[LONG - 1 - len(BEGUN)]
    await say(standing, LEDGER, STREAM, event)
    known.remember(SUGGESTION, LEDGER, STREAM, version, [(version + 1, event)])
    await known.forget()
    name = f"suggestion {STREAM}"
    found = await standing.shelf.get("630200", known.place, "suggestions", [name])
    assert found[name]["length"] == LONG
    assert await other.load(SUGGESTION, LEDGER, STREAM) == await whole(standing)


async def test_a_short_one_is_not_kept(standing: Ports) -> None:
    """Below the limit nothing is written; above it, only after so many entries more."""
    known, sizes = States("suggestions", standing.journal, standing.shelf), list[int]()
    await written(standing, LONG - 1)
    for _ in range(2 * EVERY):
        await known.load(SUGGESTION, LEDGER, STREAM)
        await known.forget()
        found = await standing.shelf.get("630200", known.place, "suggestions", [f"suggestion {STREAM}"])
        sizes += [each["length"] for each in found.values()]
        await say(standing, LEDGER, STREAM, *story(10)[-1:])
    assert sorted(set(sizes)) == [LONG, LONG + EVERY]


@pytest.mark.parametrize("spoiled", [{"code": "another"}, {"entry": "00" * 32}, {"version": LONG + 100}])
async def test_a_snapshot_of_another_past_is_passed_over(standing: Ports, spoiled: dict[str, Any]) -> None:
    """Folded by other code, or standing on an entry that the ledger does not have, it says nothing."""
    await written(standing, LONG)
    known = States("suggestions", standing.journal, standing.shelf)
    expected, name = await known.load(SUGGESTION, LEDGER, STREAM), f"suggestion {STREAM}"
    await known.forget()
    found = await standing.shelf.get("630200", known.place, "suggestions", [name])
    lie = found[name] | {"kind": "Numbering", "state": '{"last":7}'}
    await standing.shelf.put("630200", known.place, "suggestions", {name: (LONG, lie | spoiled)}, LONG)
    again = States("suggestions", standing.journal, standing.shelf)
    assert await again.load(SUGGESTION, LEDGER, STREAM) == expected
    await again.forget()
    await standing.shelf.put("630200", known.place, "suggestions", {name: (LONG, lie)}, LONG)
    believed = States("suggestions", standing.journal, standing.shelf)
    assert (await believed.load(SUGGESTION, LEDGER, STREAM))[0] != expected[0]


def test_every_state_comes_back_as_it_was() -> None:
    """Along a suggestion's life each state is read from its snapshot as it was written."""
    kinds, seen = states._kinds(SUGGESTION.evolve), set[str]()  # noqa: SLF001 - what is kept is tested as it is kept
    state = SUGGESTION.start(STREAM)
    for event in [*BEGUN, *story(20)]:
        state = SUGGESTION.evolve(state, event)
        adapter = kinds[type(state).__name__]
        assert adapter.validate_json(adapter.dump_json(state)) == state
        seen.add(type(state).__name__)
    assert seen >= {"UnderReview", "Admitted", "Registered", "Handling"}
    number = SUGGESTION.evolve(SUGGESTION.start("numbering/3-7"), issued(7))
    assert kinds["Numbering"].validate_json(kinds["Numbering"].dump_json(number)) == number


@pytest.mark.parametrize("decider", every_decider(), ids=lambda each: each.kind)
def test_every_duty_can_be_kept(decider: Decider) -> None:
    """Each duty's states have a form, also those from which its streams start; its code has a hash."""
    kinds = states._kinds(decider.evolve)  # noqa: SLF001 - as above
    for state in decider.initial.values():
        adapter = kinds[type(state).__name__]
        assert adapter.validate_json(adapter.dump_json(state)) == state
    assert len(states._code(decider.evolve)) == 64  # noqa: SLF001 - as above
