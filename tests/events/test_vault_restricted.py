"""What every vault promises of an owner whose records a law keeps: there, and opened by nobody."""

from pathlib import Path

from events.vault.port import Vault
from tests.events.test_vault_contract import ANNA, BAO, ELSEWHERE, HERE, Opener, kept, names, opened, vault

__all__ = ["opened", "vault"]


async def test_restricted_opens_to_nobody(vault: Vault, opened: Opener, tmp_path: Path) -> None:
    """A restricted owner's records are absent everywhere, others' are not; released they open again."""
    closed, others = await kept(vault, ANNA, "a", "b"), await kept(vault, BAO, "c")
    abroad = await kept(vault, ANNA, "d", congress=ELSEWHERE)
    await vault.restrict(HERE, ANNA, on=True)
    await vault.restrict(HERE, ANNA, on=True)
    async with opened(tmp_path) as later:
        for one in (vault, later):
            assert list(await one.open(HERE, names([*closed, *others]))) == names(others)
            assert list(await one.open(ELSEWHERE, names(abroad))) == names(abroad)
    await vault.restrict(HERE, ANNA, on=False)
    found = await vault.open(HERE, names(closed))
    assert [found[one].plaintext for one in names(closed)] == [b"a", b"b"]


async def test_restricted_is_kept_and_can_be_erased(vault: Vault) -> None:
    """A restriction destroys nothing and holds no erasure up; nothing brings the erased back."""
    closed = await kept(vault, ANNA, "a", "b")
    await vault.restrict(HERE, ANNA, on=True)
    assert await vault.erase(HERE, ANNA) == 2
    await vault.restrict(HERE, ANNA, on=False)
    assert not await vault.open(HERE, names(closed))


async def test_nobody_is_restricted(vault: Vault) -> None:
    """To restrict whom nobody knows changes nothing: he may speak later."""
    await vault.restrict(HERE, ANNA, on=True)
    sealed = await kept(vault, ANNA, "a")
    assert list(await vault.open(HERE, names(sealed))) == names(sealed)
