"""A witness (C2SP tlog-witness): cosigns the checkpoints of others' ledgers, each only as it grows.

What it has cosigned last is durable before it answers, so it never cosigns two histories.
"""

import hashlib
import re
import time
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import structlog

from events.notary.port import Notes, Signed, nothing
from events.proof import checkpoint, note, tree
from events.proof.checkpoint import Checkpoint
from events.proof.note import ED25519, Key, Note, NoteFaulty, Signature, Signer

FORM = re.compile(r"old (0|[1-9][0-9]{0,18})\n((?:[A-Za-z0-9+/]{43}=\n){0,63})\n(.+)", re.DOTALL)
TEXT, SIZE = "text/plain; charset=utf-8", "text/x.tlog.size"
log = structlog.get_logger()


class Reply(NamedTuple):
    """An HTTP answer."""

    status: int
    body: str
    media: str = TEXT


class Request(NamedTuple):
    """What a log sends: the size cosigned last, the path from it, the new checkpoint's note."""

    old: int
    path: tuple[bytes, ...]
    note: Note


def now() -> int:
    """Give the machine's time, POSIX seconds."""
    return int(time.time())


class Witness:
    """Cosigns with `signer` (of cosignature type) what the `trusted` keys signed, each its own ledger."""

    def __init__(
        self, signer: Signer, trusted: Sequence[Key], notes: Notes, clock: Callable[[], int] = now
    ) -> None:
        self._signer, self._notes, self._clock = signer, notes, clock
        logs = [each for each in trusted if each.type == ED25519]
        self._keys: Mapping[str, Sequence[Key]] = {
            name: [each for each in logs if each.name == name] for name in {each.name for each in logs}
        }
        self._origins = {hashlib.sha256(name.encode()).hexdigest(): name for name in self._keys}

    async def add(self, body: bytes) -> Reply:
        """Answer an add-checkpoint request."""
        try:
            asked = _read(body)
            told = checkpoint.read(asked.note.text)
        except ValueError as error:
            return Reply(400, f"{error}\n")
        if told.origin not in self._keys:
            return Reply(404, "this ledger is not known here\n")
        try:
            lines = note.verified(asked.note, self._keys[told.origin])
        except NoteFaulty:
            lines = []
        if not lines:
            return Reply(403, "no key that is trusted for this ledger has signed it\n")
        if asked.old > told.size:
            return Reply(400, "the old size is above the new one\n")
        return await self._cosign(asked, told, [line for _, line in lines])

    async def _cosign(self, asked: Request, told: Checkpoint, lines: Sequence[Signature]) -> Reply:
        last = (await self._notes.get(told.origin) or nothing(told.origin)).signed
        if asked.old != last.size:
            return _conflict(last.size)
        sound = told.size or told.root == tree.EMPTY
        if not sound or not tree.consistent(last.size, last.root, told.size, told.root, asked.path):
            log.error("A LEDGER DOES NOT GO ON FROM WHAT WAS COSIGNED", sent=asked.note.whole, last=last.note)
            return Reply(422, "the checkpoint does not go on from the last one\n")
        made = self._signer.cosign(asked.note.text, self._clock())
        whole = note.signed(asked.note.text, [*lines, made])
        kept = Signed(told.origin, told.size, told.root, whole, note.seen_at(made))
        if not await self._notes.put(kept, {}, last.size):
            return _conflict((await self._notes.get(told.origin) or nothing(told.origin)).signed.size)
        return Reply(200, f"{made.line}\n")

    async def checkpoint(self, named: str) -> Reply:
        """Give the newest checkpoint cosigned of the origin with this SHA-256 (hexadecimal)."""
        origin = self._origins.get(named, "")
        found = await self._notes.get(origin) if origin else None
        return (
            Reply(200, found.signed.note) if found and found.signed.note else Reply(404, "never cosigned\n")
        )


def _read(body: bytes) -> Request:
    found = FORM.fullmatch(body.decode())
    if found is None:
        raise NoteFaulty("it is no add-checkpoint request")
    path = tuple(checkpoint.digest(each) for each in found[2].split())
    return Request(int(found[1]), path, note.read(found[3]))


def _conflict(size: int) -> Reply:
    return Reply(409, f"{size}\n", SIZE)
