import pytest

from gateway.limits import SECOND, Kind, Limiter, Limits, Rate, source

ADDRESS = "203.0.113.9"


class Clock:
    """Nanoseconds that the test moves."""

    def __init__(self) -> None:
        self.now = 7 * SECOND

    def __call__(self) -> int:
        return self.now


def limiter(clock: Clock, **rates: Rate | int) -> Limiter:
    """Make a limiter with these rates and otherwise the defaults."""
    return Limiter(Limits(**rates), clock)  # type: ignore[arg-type]


def test_receipts_may_be_looked_up_ten_times_a_minute() -> None:
    """The eleventh waits for the bucket: six seconds, for one token."""
    clock = Clock()
    doorkeeper = limiter(clock)
    assert [doorkeeper.take(Kind.RECEIPT, ADDRESS) for _ in range(12)] == [0] * 10 + [6, 6]
    clock.now += 6 * SECOND - 1
    assert doorkeeper.take(Kind.RECEIPT, ADDRESS) == 1
    clock.now += 1
    assert [doorkeeper.take(Kind.RECEIPT, ADDRESS) for _ in range(2)] == [0, 6]


def test_a_bucket_fills_and_never_overflows() -> None:
    """After an hour there are ten tokens, not six hundred."""
    clock = Clock()
    doorkeeper = limiter(clock)
    for _ in range(2):
        assert [doorkeeper.take(Kind.RECEIPT, ADDRESS) for _ in range(11)] == [0] * 10 + [6]
        clock.now += 3600 * SECOND


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_its_own_bucket_for_each_address(kind: Kind) -> None:
    """Whoever exhausts one kind at one address takes nothing from others."""
    doorkeeper = limiter(Clock(), **{kind.value: Rate(1)})
    assert [doorkeeper.take(kind, ADDRESS) for _ in range(2)] == [0, 60]
    assert doorkeeper.take(kind, "203.0.113.10") == 0
    assert all(doorkeeper.take(other, ADDRESS) == 0 for other in Kind if other is not kind)


def test_an_office_behind_one_address_is_counted_by_account() -> None:
    """Signed in, each has his own bucket, and the address's is left alone."""
    doorkeeper = limiter(Clock(), api=Rate(1), account=Rate(2))
    for login in ("ma.lan", "li.na"):
        assert [doorkeeper.take(Kind.API, ADDRESS, login) for _ in range(3)] == [0, 0, 30]
    assert doorkeeper.take(Kind.OPINION, ADDRESS, "ma.lan") == 30
    assert doorkeeper.take(Kind.API, ADDRESS) == 0


@pytest.mark.parametrize("kind", [Kind.SIGN_IN, Kind.RECEIPT])
def test_who_guesses_is_counted_by_address_in_any_case(kind: Kind) -> None:
    """An account is no way around the limit on guessing."""
    doorkeeper = limiter(Clock(), **{kind.value: Rate(1)})
    assert [doorkeeper.take(kind, ADDRESS, login) for login in ("ma.lan", "li.na")] == [0, 60]


def test_a_load_generator_can_be_let_in() -> None:
    """600 opinions a second from one address, when the limits say so."""
    clock = Clock()
    doorkeeper = limiter(clock, opinion=Rate(60_000, 60))
    for _ in range(6000):
        assert doorkeeper.take(Kind.OPINION, ADDRESS) == 0
        clock.now += SECOND // 600


def test_memory_is_bounded_and_the_longest_unused_goes_first() -> None:
    """At most `keys` buckets are kept."""
    doorkeeper = limiter(Clock(), receipt=Rate(2), keys=2)
    for address in ("a", "b", "a", "c"):
        assert doorkeeper.take(Kind.RECEIPT, address) == 0
    assert doorkeeper.take(Kind.RECEIPT, "a") == 30
    assert [doorkeeper.take(Kind.RECEIPT, "b") for _ in range(3)] == [0, 0, 30]


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
    ],
)
def test_a_whole_ipv6_network_is_one_caller(address: str, counted: str) -> None:
    """Who holds a /64 gains nothing by changing his address within it."""
    assert source(address) == counted
