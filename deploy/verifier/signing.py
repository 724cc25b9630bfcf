"""Checks of a signed head against the auditor's trust: whose it is, who signed, who witnessed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from . import notes
from .report import Found, found
from .trust import Policy


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint with its note, the ledger that it should be of (empty: any), and the trust."""

    note: notes.Note
    checkpoint: notes.Checkpoint
    policy: Policy
    ledger: str = ""


def signed(raw: bytes, policy: Policy, ledger: str = "") -> Signed:
    """Read a signed checkpoint.

    Raises:
        Unreadable: when it is none.

    """
    note = notes.note(raw)
    return Signed(note, notes.checkpoint(note), policy, ledger)


def cosigned(head: Signed) -> list[int]:
    """Give the time at which each trusted witness that cosigned did so, seconds since 1970."""
    held = (notes.verified(head.note, each) for each in head.policy.witnesses)
    times = [[time for time in each if time is not None] for each in held]
    return sorted(max(each) for each in times if each)


def _origin(head: Signed) -> Iterator[Found]:
    told = head.checkpoint.origin
    if told not in head.policy.origins:
        yield found("origin.unknown", origin=told)
    elif head.ledger and not told.endswith("/" + head.ledger):
        yield found("origin.other", origin=told, ledger=head.ledger)


def _signature(head: Signed) -> Iterator[Found]:
    size, origin = head.checkpoint.size, head.checkpoint.origin
    trusted = head.policy.origins.get(origin, ())
    held = [
        (each, notes.verified(head.note, each.key)) for each in trusted if each.first <= size <= each.last
    ]
    for each, results in held:
        if None in results:
            yield found("signature.false", name=each.key.name)
    if not any(time is not None for _, results in held for time in results):
        yield found("signature.missing", origin=origin, size=size)


def _witnesses(head: Signed) -> Iterator[Found]:
    for each in head.policy.witnesses:
        if None in notes.verified(head.note, each):
            yield found("witnesses.false", name=each.name)
    count = len(cosigned(head))
    if count < head.policy.need:
        yield found("witnesses.few", count=count, need=head.policy.need)


Check = Callable[[Signed], Iterator[Found]]

CHECKS: dict[str, Check] = {"origin": _origin, "signature": _signature, "witnesses": _witnesses}


def judged(head: Signed, checks: Mapping[str, Check] = CHECKS) -> Iterator[tuple[str, Iterator[Found]]]:
    """Put a head to every check: the check's name with what it found."""
    for name, check in checks.items():
        yield name, check(head)
