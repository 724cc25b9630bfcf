"""Proofs that a form is ours: CSRF values, strangers' cookies, keys of anonymous forms."""

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64encode

from gateway.session.visitor import Visitor

SECRET_BYTES = 32
RANDOM_UUID = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE
)


class Forms:
    """Signs with HMAC-SHA-256 under `secret`, and keeps nothing.

    Raises:
        ValueError: when the secret has less than 32 bytes.

    """

    def __init__(self, secret: bytes) -> None:
        if len(secret) < SECRET_BYTES:
            raise ValueError(f"the secret has at least {SECRET_BYTES} bytes")
        self._secret = secret

    def csrf(self, visitor: Visitor) -> str:
        """Give the value of the field `csrf` in this visitor's forms."""
        if visitor.session:
            return self._sign("csrf/session", visitor.session.csrf)
        return self._sign("csrf/stranger", visitor.anonymous.encode())

    def csrf_holds(self, visitor: Visitor, sent: str) -> bool:
        """Compare a form's `csrf`; with an API token none is needed, as no browser adds one."""
        with_token = visitor.account is not None and visitor.session is None
        return with_token or _same(self.csrf(visitor), sent)

    def new_stranger(self) -> str:
        """Make the value of a stranger's cookie: 128 random bits, signed."""
        return self._issue("stranger", b"")

    def is_stranger(self, cookie: str) -> bool:
        """Tell whether we made this cookie."""
        return self._issued(cookie, "stranger", b"")

    def issue_form_key(self, station: str) -> str:
        """Make the idempotency key of one anonymous form: 128 random bits, signed for `station`.

        66 characters of base64url and a dot. The page that carries it is `no-store`.
        """
        return self._issue("form", station.encode())

    def check_form_key(self, key: str, station: str) -> bool:
        """Tell whether `key` was issued for this station; the journal sees that it is used once."""
        return self._issued(key, "form", station.encode("utf-8", "replace"))

    def _issue(self, purpose: str, bound: bytes) -> str:
        chance = secrets.token_urlsafe(16)
        return f"{chance}.{self._sign(purpose, bound, chance.encode())}"

    def _issued(self, text: str, purpose: str, bound: bytes) -> bool:
        chance, _, signature = text.partition(".")
        return _same(self._sign(purpose, bound, chance.encode("utf-8", "replace")), signature)

    def _sign(self, purpose: str, *parts: bytes) -> str:
        # Each part is hashed first, so that no two lists of parts read the same.
        message = b"".join(hashlib.sha256(part).digest() for part in (purpose.encode(), *parts))
        signature = hmac.digest(self._secret, message, "sha256")
        return urlsafe_b64encode(signature).decode().rstrip("=")


def acceptable_anonymous_key(key: str) -> bool:
    """Tell whether an API client without account sent a random UUID: version 4 or 7, hyphenated.

    Version 4 has 122 random bits, version 7 has 74 behind its milliseconds; others have none.
    """
    return RANDOM_UUID.fullmatch(key) is not None


def _same(ours: str, theirs: str) -> bool:
    return hmac.compare_digest(ours.encode(), theirs.encode("utf-8", "replace"))
