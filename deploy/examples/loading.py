"""Load an example into a house: accounts, then the script, day by day on the house's own clock."""

import datetime as dt
import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded import House
from deploy.examples.acts import Act, Data, person
from deploy.examples.entering import Door
from deploy.examples.notes import Notes
from deploy.examples.script import END, digest, logins, read, script
from gateway.accounts.passwords import Passwords
from gateway.accounts.values import Account

Moved = Callable[[int, int, str], None]
"""Told of every step: acts done, acts in all, and the day that is entered."""
MOST_UNNOTED = 50
PEOPLE = "people.toml"
ROLES = {
    "deputy": "代表", "staff": "代工委", "station": "联络站", "unit": "承办单位",
    "leader": "领导", "auditor": "审计员",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was loaded: acts in all, and the receipt codes that may be tried, by opinion."""

    acts: int
    codes: dict[str, str]


async def load(house: House, example: Path, moved: Moved) -> Loaded:
    """Enter an example, or the rest of it; entered whole before, nothing happens.

    Raises:
        AnotherScript: when the example changed after an interruption.
        Refused: when the house says no to an act.

    """
    notes = Notes.read(house.folder.path)
    if notes is None or not notes.loaded:
        notes = await _rest(house, read(example), moved)
    return Loaded(notes.done, notes.codes)


async def _rest(house: House, data: Data, moved: Moved) -> Notes:
    acts = script(data)
    notes = Notes.open(house.folder.path, digest(acts))
    await _accounts(house, data)
    door = Door(house, notes)
    try:
        await _enter(house, acts, notes, door, moved)
    finally:
        await door.close()
    await _step(house, END)
    notes.loaded = True
    _keep(house, notes)
    return notes


def sign_ins(example: Path, data: Path | None = None) -> Sequence[str]:
    """Give the lines that tell a visitor how to sign in, and with a data folder what to look up."""
    told = read(example, PEOPLE)
    people = [each for each in logins(told).values() if each.get("shown")]
    lines = [_line(each) for each in people]
    lines.append(f"口令 password  {told['password']}（{told['mark']}）")
    notes = Notes.read(data) if data else None
    for name, code in (notes.codes if notes else {}).items():
        lines.append(f"回执 receipt  {code}  ({name.split()[0]})")
    return lines


def _line(each: Data) -> str:
    role, work = each.get("role", "deputy"), each.get("title") or each["occupation"]
    return f"{ROLES[role]:\u3000<4} {each['login']:<16} {each['name']}，{work}"


async def _accounts(house: House, data: Data) -> None:
    """Let everybody sign in, with one password, hashed once."""
    people = logins(data)
    if (await house.accounts.get(list(people)[-1])) is not None:
        return
    hashed, now = await Passwords().hash(data["password"]), int(time.time())
    for login, each in people.items():
        await house.accounts.add(Account(login, each["congress"], person(each), hashed, now))


async def _enter(house: House, acts: Sequence[Act], notes: Notes, door: Door, moved: Moved) -> None:
    """Enter what is left, instant by instant; note at every day, and at least every fifty acts."""
    day, noted = None, notes.done
    for at, group in itertools.groupby(acts[notes.done :], key=lambda each: each.at):
        await _step(house, at)
        if at.date() != day or notes.done - noted >= MOST_UNNOTED:
            day, noted = at.date(), notes.done
            _keep(house, notes)
            moved(notes.done, len(acts), day.isoformat())
        for act in group:
            await door.enter(act)
            notes.done += 1
    moved(notes.done, len(acts), END.date().isoformat())


async def _step(house: House, at: dt.datetime) -> None:
    """Set the clock, once all views and reactions have caught up."""
    await house.settled()
    house.clock.set(at)


def _keep(house: House, notes: Notes) -> None:
    house.folder.keep_offset(house.clock.offset)
    notes.keep(house.folder.path)
