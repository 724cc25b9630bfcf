"""What is known of those who sign in: account, API token, session, failures.

Every time is in whole seconds since 1970, UTC, by the machine's clock.
"""

import hashlib
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Language = Literal["zh", "en"]

LOGIN_CHARACTERS = 64
TOKEN_PREFIX = "mdt_"  # noqa: S105 - a mark for scanners of leaked secrets, no secret
SESSION_SECONDS = 12 * 3600
IDLE_SECONDS = 3600

FAILURES_OF_LOGIN = 5
# An office shares one address: its people mistype, too.
FAILURES_OF_ADDRESS = 20
LOCK_SECONDS = 60
LONGEST_LOCK_SECONDS = 900
FORGOTTEN_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Account:
    """A way in for one person to one congress; one person may have several.

    `login` is unique and folded (`fold`), `person` the opaque id that stands in ledgers,
    `password` an Argon2id hash in PHC form.
    """

    login: str
    congress: str
    person: str
    password: str = field(repr=False)
    created: int
    language: Language = "zh"
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """An API token as it is shown after its first minute: without its text."""

    id: str
    login: str
    name: str
    created: int
    expires: int


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in at one browser.

    `role` is the one he chose to act in; `positions` gives for each ledger
    (`suggestions/630200`) the sequence of his last command.
    """

    id: str
    login: str
    created: int
    seen: int
    csrf: bytes = field(repr=False)
    role: str | None = None
    positions: Mapping[str, int] = field(default_factory=dict)

    @property
    def expires(self) -> int:
        """Give the second from which it counts no more: 12 h in all, 60 min idle."""
        return min(self.created + SESSION_SECONDS, self.seen + IDLE_SECONDS)


@dataclass(frozen=True, slots=True)
class Failures:
    """How often a login or an address failed in a row, and when last."""

    count: int = 0
    last: int = 0

    def wait(self, allowed: int, now: int) -> int:
        """Give the seconds left of the lock: 1 min at `allowed` failures, doubling to 15."""
        over = self.count - allowed
        if over < 0:
            return 0
        lock = min(LOCK_SECONDS << min(over, 8), LONGEST_LOCK_SECONDS)
        # Never above the lock: the clock may have been set back.
        return max(0, min(self.last + lock - now, lock))

    def counted(self, now: int) -> "Failures":
        """Count one more; a day without any is a new beginning."""
        return Failures(self.count + 1 if now - self.last < FORGOTTEN_SECONDS else 1, now)


def fold(login: str) -> str:
    """Give the one spelling of `login`: without outer spaces, NFKC, case-folded."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", login.strip()).casefold())


def counters(login: str, address: str) -> Mapping[str, int]:
    """Name what counts an attempt's failure, each with the failures it allows: login first."""
    # A digest, because passwords are typed into the field of the login.
    return {
        f"login/{digest(fold(login))}": FAILURES_OF_LOGIN,
        f"address/{address}": FAILURES_OF_ADDRESS,
    }


def mint(prefix: str = "") -> str:
    """Make the text of a token: 256 random bits in base64url after `prefix`."""
    return prefix + secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """Give the SHA-256 (hexadecimal) under which a token is kept."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
