"""`mandate accounts`: who may sign in, on a stopped or a running house, or a distributed one."""

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from gateway.accounts.passwords import Passwords, acceptable
from gateway.accounts.port import Accounts
from gateway.accounts.sqlite import SqliteAccounts
from gateway.accounts.values import Account

DAY = 86_400


class Refused(Exception):  # noqa: N818 - a no to the operator
    """What was asked cannot be done, and why."""


@asynccontextmanager
async def _accounts(data: Path | None) -> AsyncIterator[Accounts]:
    """Open those of a folder, which a running house writes in turn; without one, the distributed ones."""
    if data is None:
        from deploy.backing import Stores  # noqa: PLC0415 - the embedded house has no driver of MongoDB

        async with AsyncExitStack() as closing:
            yield await (await Stores.open(closing)).accounts()
        return
    if not data.exists():  # noqa: ASYNC240 - a command's first act, nobody waits
        raise Refused(f"there is no data folder {data}")
    accounts = SqliteAccounts(data / "accounts.db")
    try:
        yield accounts
    finally:
        await accounts.close()


async def add(data: Path | None, login: str, congress: str, person: str, password: str) -> str:
    """Make an account; the person's roles stand in the congress's ledger."""
    if not acceptable(password):
        raise Refused("a password has 8 to 256 characters")
    async with _accounts(data) as accounts:
        account = Account(login, congress, person, await Passwords().hash(password), int(time.time()))
        if not await accounts.add(account):
            raise Refused(f"{login} is taken")
    return f"{login} may sign in to {congress}"


async def of(data: Path | None, congress: str) -> Sequence[Account]:
    """Give the accounts of a congress."""
    async with _accounts(data) as accounts:
        return await accounts.of(congress)


async def token(data: Path | None, login: str, name: str, days: int) -> str:
    """Make an API token."""
    now = int(time.time())
    async with _accounts(data) as accounts:
        made = await accounts.create_token(login, name, now, now + days * DAY)
    if made is None:
        raise Refused(f"there is no account {login}")
    return made


async def disable(data: Path | None, login: str) -> None:
    """Keep an account from signing in."""
    async with _accounts(data) as accounts:
        if await accounts.get(login) is None:
            raise Refused(f"there is no account {login}")
        await accounts.change(login, disabled=True)
