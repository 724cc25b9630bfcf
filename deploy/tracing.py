"""The trail of a thing through all ledgers of a house, and what followed from it."""

from collections.abc import Mapping, Sequence

from deploy.stored import Kept, Where
from deploy.upkeep import Unknown
from events.catalogue.envelope import Entry
from services.chassis.auditing.trailing import ABOUT, Step, concerning, step

CAUSED = b'"causationid":"'


async def trail(where: Where, about: str, congress: str = "") -> Sequence[Step]:
    """Give the steps about a thing, and those that they caused, by the time they were recorded.

    Raises:
        Unknown: when it is no name of a thing, a person or an actor.

    """
    if not ABOUT.fullmatch(about):
        raise Unknown(f"{about} names nothing; say suggestion/…, mandate/…, person/…, opinion/… or staff/…")
    async with where.opened() as kept:
        steps, caused = dict[str, Step](), dict[str, list[Entry]]()
        for ledger in await kept.heads():
            if ledger.endswith(f"/{congress}" if congress else ""):
                await _look(kept, ledger, about, steps, caused)
        return sorted(_followed(steps, caused).values(), key=lambda each: (each["recorded"], each["entry"]))


async def _look(
    kept: Kept, ledger: str, about: str, steps: dict[str, Step], caused: dict[str, list[Entry]]
) -> None:
    """Look through a ledger; what a reaction wrote is kept by its cause until all is read."""
    wanted, after = concerning(about), 0
    while rows := await kept.rows(ledger, after):
        for after, _, raw, _ in rows:  # noqa: B007 - where the next rows begin
            if wanted(raw):
                entry = Entry(raw)
                steps[entry.id] = step(entry)
            elif CAUSED in raw and (cause := (entry := Entry(raw)).causationid):
                caused.setdefault(cause, []).append(entry)


def _followed(steps: dict[str, Step], caused: Mapping[str, Sequence[Entry]]) -> Mapping[str, Step]:
    waiting = list(steps)
    while waiting:
        for entry in caused.get(waiting.pop(), ()):
            if entry.id not in steps:
                steps[entry.id] = step(entry)
                waiting.append(entry.id)
    return steps
