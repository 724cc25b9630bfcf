"""The signed caller token: who asks, in which role, for which congress, for this service only.

Services believe this and nothing else; a header that claims a caller is ignored.
"""

import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from services.chassis import problems
from services.chassis.shapes import Reader

LIFETIME = 60
LEEWAY = 5
ALGORITHM = "HS256"
ISSUER = "mandate-gateway"
KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: `role/opaque-id`, and the mandate, unit or station he acts for."""

    role: str
    id: str
    holds: str | None = None

    @property
    def actor(self) -> str:
        """Give the name under which entries record him."""
        return f"{self.role}/{self.id}"


class Tokens:
    """Mints (gateway) and checks (services) caller tokens under one key of the house."""

    def __init__(self, key: bytes) -> None:
        """Take the key, 32 bytes."""
        self._key = OctKey.import_key(key)
        self._checked: OrderedDict[tuple[str, str, str], tuple[float, Reader]] = OrderedDict()
        self._minted: OrderedDict[tuple[Caller, str, str], tuple[float, str]] = OrderedDict()
        self._claims = jwt.JWTClaimsRegistry(
            leeway=LEEWAY, iss={"essential": True, "value": ISSUER}, aud={"essential": True},
            exp={"essential": True}, sub={"essential": True},
        )  # fmt: skip

    def mint(self, caller: Caller, congress: str, audience: str) -> str:
        """Give a token, the same one while it is young enough to be taken."""
        now, wanted = time.time(), (caller, congress, audience)
        kept = self._minted.get(wanted)
        if kept is not None and kept[0] > now:
            return kept[1]
        claims = {
            "iss": ISSUER, "aud": audience, "exp": int(now) + LIFETIME, "sub": caller.id,
            "role": caller.role, "holds": caller.holds, "congress": congress,
        }  # fmt: skip
        token = jwt.encode({"alg": ALGORITHM}, claims, self._key, algorithms=[ALGORITHM])
        _keep(self._minted, wanted, (now + LIFETIME / 2, token))
        return token

    def check(self, token: str, congress: str, audience: str) -> Reader:
        """Give who asks.

        Raises:
            Problem: 401 for whatever is wrong with the token, the same for every cause.

        """
        now, asked = time.time(), (token, congress, audience)
        kept = self._checked.get(asked)
        if kept is not None and kept[0] > now:
            return kept[1]
        try:
            claims = jwt.decode(token, self._key, algorithms=[ALGORITHM]).claims
            self._claims.validate(claims)
        except (JoseError, ValueError, TypeError) as error:
            raise problems.WHO from error
        if claims["aud"] != audience or claims.get("congress") != congress:
            raise problems.WHO
        reader = Reader(str(claims.get("role")), claims["sub"], claims.get("holds"), congress)
        _keep(self._checked, asked, (float(claims["exp"]), reader))
        return reader


def _keep(cache: OrderedDict[Any, Any], key: object, value: object) -> None:
    cache[key] = value
    if len(cache) > KEPT:
        cache.popitem(last=False)
