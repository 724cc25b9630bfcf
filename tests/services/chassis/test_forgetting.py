"""What the ledger says erased is erased: once the entry stands, whatever is away or broken meanwhile."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from events.catalogue import deputies, liaison
from events.catalogue.event import Event
from events.catalogue.vocabulary import Forgetting as Ground
from events.vault.port import Sealed, Vault, VaultBusy
from services.chassis import following
from services.chassis.running import Ports
from services.deputies.service import SERVICE as DEPUTIES
from services.liaison.service import SERVICE as LIAISON
from tests.services.chassis.following import settled
from tests.specification import reference
from tests.world import CONGRESS, ports, running, say

pytestmark = pytest.mark.timeout(30)
OWNER, LEDGER = "opinion/o1", f"liaison/{CONGRESS}"
ERASED = liaison.OpinionErased(owner=OWNER, approver="staff/li", ground=Ground.OTHER)
RESTRICTED = liaison.OpinionRestricted(owner=OWNER, approver="staff/li", law="档案法")
LIFTED = liaison.OpinionRestrictionLifted(owner=OWNER, approver="staff/li")
PERSON = deputies.ErasureApproved(
    owner="person/ma", approver="leader/li", ground=Ground.OTHER, reason=reference("本人要求")
)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again soon."""
    monkeypatch.setattr(following, "PAUSE", 0.01)


async def kept(vault: Vault, owner: str) -> str:
    """Keep a record of an owner; give its id."""
    sealed: Sequence[Sealed] = await vault.seal(CONGRESS, owner, [(b"words", "text/plain")])
    await vault.keep(sealed)
    return sealed[0].reference.record


@pytest.mark.parametrize(
    ("events", "opens"),
    [
        ([RESTRICTED], False), ([RESTRICTED, LIFTED], True), ([RESTRICTED, LIFTED, RESTRICTED], False),
        ([ERASED], False), ([ERASED, LIFTED], False),
    ],
)  # fmt: skip
async def test_an_owner_ends_as_the_ledger_has_it(tmp_path: Path, events: list[Event], opens: bool) -> None:  # noqa: FBT001 - a row
    """His last fate counts, and erasure above all; the same once more when the marks are lost."""
    async with ports(tmp_path) as standing:
        record = await kept(standing.vault, OWNER)
        await say(standing, LEDGER, OWNER, *events)
        async with running(LIAISON, standing) as at_work:
            await settled(at_work)
            assert bool(await standing.vault.open(CONGRESS, [record])) == opens
    (tmp_path / "shelf.db").unlink()
    async with ports(tmp_path) as standing, running(LIAISON, standing) as at_work:
        await settled(at_work)
        assert bool(await standing.vault.open(CONGRESS, [record])) == opens


async def test_a_vault_that_is_full_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No fault ends a forgetting: it is tried until it is done."""
    async with ports(tmp_path) as standing:
        record, tries = await kept(standing.vault, OWNER), 0
        erase = standing.vault.erase

        async def busy(congress: str, owner: str) -> int:
            nonlocal tries
            if (tries := tries + 1) < 8:
                raise VaultBusy
            return await erase(congress, owner)

        monkeypatch.setattr(standing.vault, "erase", busy)
        await say(standing, LEDGER, OWNER, ERASED)
        async with running(LIAISON, standing):
            while tries < 8:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)
        assert not await standing.vault.open(CONGRESS, [record])


async def test_a_persons_accounts_go_too(tmp_path: Path) -> None:
    """The house forgets the person before the key goes, so that a crash between leaves it to do again."""
    forgotten, readable = list[tuple[str, str]](), list[bool]()
    async with ports(tmp_path) as opened:
        record = await kept(opened.vault, "person/ma")

        async def forget(congress: str, person: str) -> None:
            forgotten.append((congress, person))
            readable.append(bool(await opened.vault.open(CONGRESS, [record])))

        standing: Ports = replace(opened, forget=forget)
        await say(standing, f"deputies/{CONGRESS}", "erasure/ma", PERSON)
        async with running(DEPUTIES, standing) as at_work:
            await settled(at_work)
        assert (forgotten, readable) == ([(CONGRESS, "ma")], [True])
        assert not await opened.vault.open(CONGRESS, [record])
