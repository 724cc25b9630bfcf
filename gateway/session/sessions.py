"""Sessions: a request becomes a visitor, a password becomes a cookie."""

import contextlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.requests import HTTPConnection
from starlette.responses import Response

from gateway.accounts.passwords import Passwords
from gateway.accounts.port import Accounts, Busy
from gateway.accounts.values import TOKEN_PREFIX, Account, Session
from gateway.session.forms import Forms
from gateway.session.visitor import Visitor, language

SESSION_COOKIE = "mandate-session"
STRANGER_COOKIE = "mandate-visitor"
LANGUAGE_COOKIE = "mandate-language"
# A page view should not cost a durable write; a minute is exact enough for an hour.
TOUCH_SECONDS = 60
POSITION = re.compile(r"([a-z]+/[0-9]{6,9})/([1-9][0-9]{0,9})")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session; `token` goes into its cookie (`Sessions.admit`) and nowhere else."""

    token: str = field(repr=False)
    account: Account
    session: Session


@dataclass(frozen=True, slots=True)
class SignInRefused:
    """Login or password is wrong (0), or `wait` seconds must pass: the same for unknown logins."""

    wait: int


class Sessions:
    """Recognises visitors, signs them in and out; `forms` (signed with `secret`) proves forms.

    `secure` says that browsers see https even where this process sees http. The clock gives
    seconds since 1970.
    """

    def __init__(
        self,
        accounts: Accounts,
        secret: bytes,
        *,
        passwords: Passwords | None = None,
        secure: bool = False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.accounts, self.forms = accounts, Forms(secret)
        self._passwords = passwords or Passwords()
        self._secure, self._clock = secure, clock

    async def visitor(self, request: HTTPConnection) -> Visitor | None:
        """Tell who asks; None: he showed an `Authorization` that is no good, answer 401."""
        now = int(self._clock())
        if (shown := request.headers.get("authorization")) is not None:
            return await self._bearer(shown, now)
        token = request.cookies.get(self._name(request, SESSION_COOKIE))
        found = await self.accounts.session(token) if token else None
        if not found or found[0].disabled or found[1].expires <= now:
            return self._stranger(request)
        account, session = found
        if now - session.seen >= TOUCH_SECONDS:
            await self.accounts.touch(session.id, now)
        return Visitor(account.language, account, session)

    async def sign_in(
        self, login: str, password: str, address: str, leaving: Visitor | None = None
    ) -> SignedIn | SignInRefused:
        """Open a session if the password is right; that of `leaving`, who asked, is closed.

        `address` is what `limits.source` makes of the caller's.

        Raises:
            Busy: when too many passwords wait to be looked at; answer 503.

        """
        now = int(self._clock())
        if wait := await self.accounts.admit(login, address, now):
            return SignInRefused(wait)
        account = await self.accounts.get(login)
        right = await self._passwords.verify(account.password if account else None, password)
        opened = await self.accounts.open_session(account, now) if account and right else None
        if not account or not opened:
            return SignInRefused(0)
        await self.accounts.forgive(login, address)
        if leaving:
            await self.sign_out(leaving)
        await self._strengthen(account, password)
        return SignedIn(opened[0], account, opened[1])

    async def sign_out(self, visitor: Visitor) -> None:
        """Close the visitor's session, if he has one; see `dismiss` for his cookie."""
        if visitor.session:
            await self.accounts.close_session(visitor.session.id)

    async def note(self, visitor: Visitor, position: str) -> None:
        """Keep the `Mandate-Position` that answered his command, for his next reads."""
        if visitor.session and (found := POSITION.fullmatch(position)):
            await self.accounts.note(visitor.session.id, found[1], int(found[2]))

    def admit(self, request: HTTPConnection, response: Response, signed_in: SignedIn) -> None:
        """Send the session's cookie; the stranger's is taken away."""
        self._set(request, response, SESSION_COOKIE, signed_in.token)
        self._set(request, response, STRANGER_COOKIE, "")

    def dismiss(self, request: HTTPConnection, response: Response) -> None:
        """Take the session's cookie away."""
        self._set(request, response, SESSION_COOKIE, "")

    def greet(self, request: HTTPConnection, response: Response, visitor: Visitor) -> None:
        """Send a stranger his cookie if he lacks it: with every page that shows a form."""
        if visitor.fresh:
            self._set(request, response, STRANGER_COOKIE, visitor.anonymous)

    async def _bearer(self, shown: str, now: int) -> Visitor | None:
        scheme, _, token = shown.partition(" ")
        if scheme.lower() != "bearer" or not token.startswith(TOKEN_PREFIX):
            return None
        account = await self.accounts.bearer(token, now)
        return Visitor(account.language, account) if account else None

    def _stranger(self, request: HTTPConnection) -> Visitor:
        accepted = request.headers.get("accept-language", "")
        spoken = language(request.cookies.get(LANGUAGE_COOKIE), accepted)
        cookie = request.cookies.get(self._name(request, STRANGER_COOKIE), "")
        if self.forms.is_stranger(cookie):
            return Visitor(spoken, anonymous=cookie)
        return Visitor(spoken, anonymous=self.forms.new_stranger(), fresh=True)

    async def _strengthen(self, account: Account, password: str) -> None:
        """Hash the password anew when the parameters have changed since."""
        if self._passwords.outdated(account.password):
            with contextlib.suppress(Busy):  # the next sign-in will do
                fresh = await self._passwords.hash(password)
                await self.accounts.rehash(account.login, account.password, fresh)

    def _https(self, request: HTTPConnection) -> bool:
        return self._secure or request.scope["scheme"] == "https"

    def _name(self, request: HTTPConnection, plain: str) -> str:
        # Browsers let nobody but this very host, over https, set a cookie of that prefix.
        return f"__Host-{plain}" if self._https(request) else plain

    def _set(self, request: HTTPConnection, response: Response, plain: str, value: str) -> None:
        response.set_cookie(
            self._name(request, plain),
            value,
            # Gone with the browser, as many machines of an office are shared.
            max_age=None if value else 0,
            secure=self._https(request),
            httponly=True,
            samesite="lax",
        )
