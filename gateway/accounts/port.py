"""The port of accounts: who may sign in, with what, and how often he may fail.

Which role a person holds is not told here; it stands in the ledger of his congress.
Every time comes from the caller (see `values`). Of a token only its SHA-256 is kept, which
is also its `id`: who reads the store can revoke with it, not sign in.
"""

from collections.abc import Sequence
from typing import Protocol

from gateway.accounts.values import Account, Language, Session, Token


class Busy(Exception):  # noqa: N818 - the field's name for it; callers answer 503
    """More is waiting than the store, or the hashing of passwords, will hold."""


class Accounts(Protocol):
    """The port that SQLite and MongoDB fill; what it answers is durable.

    Logins are folded here. What changes something may raise `Busy`, and then did nothing.
    """

    async def add(self, account: Account) -> bool:
        """Keep a new account, its login folded; False when the login is taken.

        Raises:
            ValueError: when the login is empty or above 64 characters.

        """
        ...

    async def get(self, login: str) -> Account | None:
        """Give the account, disabled or not."""
        ...

    async def of(self, congress: str) -> Sequence[Account]:
        """Give all accounts of a congress, by login."""
        ...

    async def change(
        self,
        login: str,
        *,
        password: str | None = None,
        language: Language | None = None,
        disabled: bool | None = None,
    ) -> None:
        """Set what is given. A new hash or `disabled` closes every session in the same commit."""
        ...

    async def rehash(self, login: str, old: str, new: str) -> None:
        """Put the hash `new` of the same password for `old`, if that is still the one."""
        ...

    async def admit(self, login: str, address: str, now: int) -> int:
        """Let an attempt to sign in go ahead (0), or give the seconds to wait.

        An attempt let in counts as failed at once, so that parallel guesses cannot pass
        between looking and counting; `forgive` takes it back. One turned away counts not.
        """
        ...

    async def forgive(self, login: str, address: str) -> None:
        """After a success: the login's failures are forgotten, one is taken off the address."""
        ...

    async def open_session(self, account: Account, now: int) -> tuple[str, Session] | None:
        """Open a session and give its token, told this once; sweep away expired ones.

        None when the password changed, or the account was disabled, since `account` was read.
        """
        ...

    async def session(self, token: str) -> tuple[Account, Session] | None:
        """Give the session of a token and its account; the caller looks at `expires`."""
        ...

    async def sessions(self, login: str) -> Sequence[Session]:
        """Give all sessions of an account, the newest first, expired ones too."""
        ...

    async def touch(self, session: str, now: int) -> None:
        """Note that the session with this id was seen."""
        ...

    async def choose(self, session: str, role: str | None) -> None:
        """Note the role he acts in from now on."""
        ...

    async def note(self, session: str, ledger: str, sequence: int) -> None:
        """Note the position of a command; an earlier one than known changes nothing."""
        ...

    async def close_session(self, session: str) -> None:
        """Forget one session."""
        ...

    async def close_sessions(self, login: str, *, but: str | None = None) -> None:
        """Forget all sessions of an account, `but` perhaps the one that asks."""
        ...

    async def create_token(self, login: str, name: str, now: int, expires: int) -> str | None:
        """Make an API token, `mdt_` and 256 random bits, told this once; None: no such login."""
        ...

    async def tokens(self, login: str) -> Sequence[Token]:
        """Give the tokens of an account, the newest first, expired ones too."""
        ...

    async def revoke_token(self, login: str, token: str) -> bool:
        """Forget the token with this id; False when the account has no such one."""
        ...

    async def bearer(self, token: str, now: int) -> Account | None:
        """Give the account of a token's text, if neither expired nor disabled."""
        ...

    async def forget(self, congress: str, person: str) -> None:
        """Remove a person's accounts with all that hangs on them; embedded no file keeps a trace."""
        ...

    async def close(self) -> None:
        """Finish what waits and let go of the store."""
        ...
