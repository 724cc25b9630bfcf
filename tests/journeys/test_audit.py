"""The audit that follows every kill finds what it is there for: each defect is planted in a sound ledger."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.embedded import House
from events.catalogue import liaison, suggestions
from events.catalogue.envelope import Entry
from events.proof.chain import leaf
from tests.journeys.audit import Audit, Promise
from tests.journeys.visiting import CITY

LEDGER, OPINIONS = f"suggestions/{CITY}", f"liaison/{CITY}"


@pytest.fixture
async def sound(haidong: House, tmp_path: Path) -> Audit:
    """Give the example's ledgers as they are."""
    ledgers = {name: [*await haidong.journal.fetch(name, 0, 100_000)] for name in (LEDGER, OPINIONS)}
    return Audit(tmp_path, ledgers)


def promised(audit: Audit) -> list[Promise]:
    """Promise each entry of the suggestions that somebody asked for, as its receipt did."""
    entries = [Entry(raw) for raw in audit.ledgers[LEDGER]]
    asked = Counter(each.correlationid for each in entries if each.causationid is None)
    return [
        {"key": each.correlationid, "answer": {"receipt": {
            "ledger": LEDGER, "first": each.sequence, "last": each.sequence, "hash": leaf(raw).hex(),
        }}}
        for each, raw in zip(entries, audit.ledgers[LEDGER], strict=True)
        if each.causationid is None and asked[each.correlationid] == 1
    ]  # fmt: skip


def of(audit: Audit, kind: str) -> list[bytes]:
    """Give the entries of a kind."""
    return [raw for raws in audit.ledgers.values() for raw in raws if Entry(raw).type == kind]


def last_lost(audit: Audit) -> None:
    """Lose what was promised last."""
    last = promised(audit)[-1]["answer"]["receipt"]["last"]
    del audit.ledgers[LEDGER][last - 1 :]


def one_lost(audit: Audit) -> None:
    """Lose one from the middle."""
    del audit.ledgers[LEDGER][9]


def done_twice(audit: Audit) -> None:
    """Do a retry again."""
    first = promised(audit)[0]["answer"]["receipt"]["first"]
    audit.ledgers[LEDGER].append(audit.ledgers[LEDGER][first - 1])


def drafted_twice(audit: Audit) -> None:
    """React again to what was reacted to."""
    drafted = [raw for raw in of(audit, suggestions.SuggestionDrafted.wire) if Entry(raw).data.get("opinion")]
    audit.ledgers[LEDGER].append(drafted[0])


def not_drafted(audit: Audit) -> None:
    """Forget to react."""
    audit.ledgers[OPINIONS].append(of(audit, liaison.OpinionEscalated.wire)[0])
    audit.ledgers[LEDGER] = []


PLANTED: dict[str, tuple[Callable[[Audit], None], str]] = {
    "last-lost": (last_lost, "lost: "), "one-lost": (one_lost, f"{LEDGER}: "),
    "done-twice": (done_twice, "doubled: "), "drafted-twice": (drafted_twice, "has 2 drafts"),
    "not-drafted": (not_drafted, "has 0 drafts"),
}  # fmt: skip


def audited(audit: Audit, kept: list[Promise]) -> list[str]:
    """Hold the ledgers against what was promised."""
    audit.chains()
    audit.receipts(kept)
    audit.reactions(settled=True)
    return audit.faults


async def test_nothing_is_wrong_with_what_is_sound(sound: Audit) -> None:
    """No false alarm over some hundred promises."""
    kept = promised(sound)
    assert len(kept) > 100
    assert audited(sound, kept) == []


@pytest.mark.parametrize(("plant", "said"), PLANTED.values(), ids=PLANTED)
async def test_what_is_wrong_is_found(sound: Audit, plant: Callable[[Audit], None], said: str) -> None:
    """Lost, doubled, reacted to twice or never: each is named."""
    kept = promised(sound)
    plant(sound)
    assert any(said in each for each in audited(sound, kept))
