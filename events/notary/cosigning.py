"""Witnesses asked: each sees the newest checkpoint, with the proof that it goes on from the last it saw.

They are asked beside everything else: one that is away holds nothing up, and is asked again.
"""

import asyncio
import base64
import time
from collections.abc import Sequence
from typing import Protocol

import structlog

from events.notary.paths import TreeBroken, hashes
from events.notary.port import Notes, Seen, Signed, Standing
from events.proof import note, tree
from events.proof.note import Key, NoteFaulty, Signature

OK, CONFLICT, CONTRADICTION = 200, 409, 422
DIGITS = 19
log = structlog.get_logger()


class Witness(Protocol):
    """Somebody outside who cosigns."""

    @property
    def key(self) -> Key:
        """Give his public key."""
        ...

    async def add(self, body: str) -> tuple[int, str]:
        """Send an add-checkpoint request; give status and body of the answer.

        Raises:
            ConnectionError: when there was none.

        """
        ...


class Unwitnessed(Exception):  # noqa: N818 - it names what was found
    """A witness did not cosign; says why."""


class Cosigning:
    """Has the checkpoints of a house's ledgers cosigned, `every` so many seconds."""

    def __init__(
        self, notes: Notes, witnesses: Sequence[Witness], prefixes: tuple[str, ...], every: float = 60.0
    ) -> None:
        self._notes, self._witnesses, self._prefixes, self._every = notes, witnesses, prefixes, every
        self._failing = dict[tuple[Key, str], float]()  # since when, by witness and ledger

    @property
    def silent(self) -> dict[str, float]:
        """Tell for how many seconds each witness has left the ledger that waits longest; 0: none waits."""
        now = time.monotonic()
        silent = {each.key.name: 0.0 for each in self._witnesses}
        for (key, _), since in self._failing.items():
            silent[key.name] = max(silent[key.name], now - since)
        return silent

    async def run(self) -> None:
        """Ask for ever."""
        while True:
            try:
                await self.round()
            except ConnectionError as error:
                log.warning("no witness is asked: a store is away", error=type(error).__name__)
            await asyncio.sleep(self._every)

    async def round(self) -> None:
        """Ask every witness about every ledger that has grown since he saw it."""
        for standing in await self._notes.all():
            if standing.signed.size and standing.signed.origin.startswith(self._prefixes):
                await self._witnessed(standing)

    async def _witnessed(self, standing: Standing) -> None:
        signed = standing.signed
        behind = [each for each in self._witnesses if _mark(standing, each.key).size < signed.size]
        for each in self._witnesses:
            if each not in behind:  # another who asks may have had it cosigned
                self._failing.pop((each.key, signed.origin), None)
        answers = await asyncio.gather(*(self._asked(each, standing) for each in behind))
        made = [each for each in answers if each is not None]
        if not made:
            return
        before = note.read(standing.witnessed if standing.cosigned_size == signed.size else signed.note)
        whole = note.signed(before.text, [*before.signatures, *(line for _, line in made)])
        marks = {each.vkey: each for each in standing.seen} | {each.vkey: each for each, _ in made}
        seen = sorted(marks.values(), key=lambda each: each.name)
        await self._notes.cosign(signed.origin, whole, signed.size, seen)

    async def _asked(self, witness: Witness, standing: Standing) -> tuple[Seen, Signature] | None:
        key, signed = witness.key, standing.signed
        try:
            made = await self._cosigned(witness, signed, _mark(standing, key).size)
        except (ConnectionError, Unwitnessed, TreeBroken, NoteFaulty) as error:
            self._failing.setdefault((key, signed.origin), time.monotonic())
            log.warning("a witness did not cosign", witness=key.name, origin=signed.origin, why=str(error))
            return None
        self._failing.pop((key, signed.origin), None)
        return Seen(key.name, key.vkey, signed.size, note.seen_at(made)), made

    async def _cosigned(self, witness: Witness, signed: Signed, old: int) -> Signature:
        status, answer = await witness.add(await self._request(signed, old))
        if status == CONFLICT:
            old = _size(answer)
            if old > signed.size:
                raise Unwitnessed(f"it has seen {old} entries, and there are {signed.size}")
            status, answer = await witness.add(await self._request(signed, old))
        if status == CONTRADICTION:
            log.error("A WITNESS HAS SEEN ANOTHER HISTORY", witness=witness.key.name, origin=signed.origin)
        if status != OK:
            raise Unwitnessed(f"it answered {status}")
        lines = tuple(note.line(each) for each in answer.splitlines())
        known = note.verified(note.Note(note.read(signed.note).text, lines), [witness.key])
        if not known:
            raise Unwitnessed("no line of its answer is by its key")
        return known[0][1]

    async def _request(self, signed: Signed, old: int) -> str:
        path = await hashes(self._notes, signed, tree.consistency(old, signed.size))
        proof = "".join(f"{base64.b64encode(each).decode()}\n" for each in path)
        return f"old {old}\n{proof}\n{signed.note}"


def _mark(standing: Standing, key: Key) -> Seen:
    never = Seen(key.name, key.vkey, 0, 0)
    return next((each for each in standing.seen if each.vkey == key.vkey), never)


def _size(answer: str) -> int:
    text = answer.removesuffix("\n")
    if not (text.isascii() and text.isdecimal() and len(text) <= DIGITS):
        raise Unwitnessed("it does not say what it has seen")
    return int(text)
