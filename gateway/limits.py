"""How often one may ask: token buckets in memory, one per address and kind, one per account."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Rate:
    """A bucket of `count` tokens that fills evenly within `seconds`."""

    count: int
    seconds: int = 60


class Kind(StrEnum):
    """What is asked for; the names of the fields of `Limits`."""

    SIGN_IN = "sign_in"
    OPINION = "opinion"
    RECEIPT = "receipt"
    API = "api"
    PAST = "past"


# Here somebody may be guessing: signed in or not, his address counts.
GUESSING = frozenset({Kind.SIGN_IN, Kind.RECEIPT})


@dataclass(frozen=True, slots=True)
class Limits:
    """The rates of one gateway process; a load generator is given larger ones."""

    # Beside the locks of accounts: each attempt costs a tenth of a second of a core.
    sign_in: Rate = Rate(20)
    # A village behind one mobile carrier's address, or a class at a station's terminal.
    opinion: Rate = Rate(120)
    # A code has 128 bits; this keeps guessing from being a load.
    receipt: Rate = Rate(10)
    # Ten pages a second, each with its parts, from one office.
    api: Rate = Rate(1200)
    # A stranger who looks back may cost a fold of whole ledgers each time.
    past: Rate = Rate(60)
    # One person with a fast hand, or a client that synchronises a congress.
    account: Rate = Rate(1200)
    # Some 20 MB; a key that was pushed out starts again with a full bucket.
    keys: int = 100_000


class Limiter:
    """Counts on one event loop; the clock gives nanoseconds that never go back."""

    def __init__(self, limits: Limits, clock: Callable[[], int] = time.monotonic_ns) -> None:
        self._limits, self._clock = limits, clock
        # For each key when its bucket will be full again (nanoseconds), the stalest first.
        self._full: OrderedDict[tuple[str, str], int] = OrderedDict()

    def take(self, kind: Kind, address: str, login: str | None = None) -> int:
        """Take a token: 0, or the seconds until there will be one (`Retry-After`).

        With a `login` the account's bucket is asked instead of the address's, which a whole
        office may share; for sign-ins and receipts it is the address in any case.
        """
        if login is not None and kind not in GUESSING:
            return self._take(("account", login), self._limits.account)
        rate: Rate = getattr(self._limits, kind.value)
        return self._take((kind.value, source(address)), rate)

    def waits(self, kind: Kind, address: str) -> int:
        """Give the seconds until there will be a token for an address; take none."""
        rate: Rate = getattr(self._limits, kind.value)
        return self._after((kind.value, source(address)), rate)[1]

    def _take(self, key: tuple[str, str], rate: Rate) -> int:
        full, wait = self._after(key, rate)
        if wait:
            return wait
        self._full[key] = full
        self._full.move_to_end(key)
        if len(self._full) > self._limits.keys:
            self._full.popitem(last=False)
        return 0

    def _after(self, key: tuple[str, str], rate: Rate) -> tuple[int, int]:
        """Give when the bucket will be full again after one token more, and the wait for that token."""
        now, each = self._clock(), rate.seconds * SECOND // rate.count
        full = max(self._full.get(key, now), now) + each
        return full, max(0, -(-(full - now - each * rate.count) // SECOND))


@lru_cache(10_000)
def source(address: str) -> str:
    """Give what counts as one caller: an IPv4 address, an IPv6 /64, or the text as it is.

    Everybody holds a whole /64 and could change his address at will within it.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))
