"""What a page makes of a service that is behind, or could not say."""

from typing import Any

import pytest

from gateway.clients.operations import PATIENCE, heard, patiently
from gateway.clients.port import Answer
from gateway.front import Front
from services.chassis import problems
from services.chassis.problems import Problem

FOUND = Answer(200, [], b'{"name": "found"}')


def no(problem: Problem) -> Answer:
    """Give a no as a service sends it."""
    sent = problem.answer()
    return Answer(sent.status_code, list(sent.headers.items()), bytes(sent.body))


async def heard_after(*answers: Answer) -> tuple[Answer | str, int]:
    """Ask a service that answers so, one after the other; give what came of it and how often it was asked."""
    waiting = list(answers)

    async def ask() -> Answer:
        return waiting.pop(0)

    try:
        found: Answer | str = await patiently(ask)
    except Problem as problem:
        found = problem.code
    return found, len(answers) - len(waiting)


@pytest.mark.parametrize("behind", [problems.BEHIND, problems.REFERENCES_BEHIND], ids=lambda each: each.code)
async def test_what_is_arriving_is_asked_for_again(behind: Problem) -> None:
    """A page that is late beats one that says come again; but it does not ask for ever."""
    arriving = no(behind)
    assert await heard_after(*[arriving] * (PATIENCE - 1), FOUND) == (FOUND, PATIENCE)
    assert await heard_after(*[arriving] * PATIENCE, FOUND) == (behind.code, PATIENCE)


async def test_another_no_is_said_at_once() -> None:
    """Asking again would not change it."""
    assert await heard_after(no(problems.STALE), FOUND) == ("stale", 1)


async def test_a_service_that_could_not_say_has_not_said_no() -> None:
    """A store that is away takes nobody's roles: neither found nor absent is kept of it."""
    assert heard(FOUND) == {"name": "found"}
    assert heard(no(problems.ABSENT)) is None
    with pytest.raises(Problem) as away:
        heard(no(problems.AWAY))
    assert away.value.code == "store-away"


class Recovering:
    """A deputies service whose store is away at first; it stands for the tokens it is asked with, too."""

    def __init__(self) -> None:
        self.answers = [no(problems.AWAY), Answer(200, [], b'{"roles": [{"role": "staff"}]}')]

    def mint(self, *_of: object) -> str:
        """Sign nothing."""
        return ""

    async def ask(self, *_what: str, token: str) -> Answer:
        """Answer once away, then with the roles."""
        assert not token
        return self.answers.pop(0)


async def test_a_store_that_was_away_is_asked_again() -> None:
    """Nothing is kept of an answer that was none: the next click finds the roles."""
    service: Any = Recovering()
    unasked: Any = None
    front = Front(service, unasked, unasked, unasked, service, unasked, unasked)
    with pytest.raises(Problem):
        await front.holdings("630200", "ma")
    assert [each.role for each in await front.holdings("630200", "ma")] == ["staff"]
