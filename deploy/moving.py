"""Carrying the ledgers of a congress between houses: what is written, what is taken over.

An export is a copy unless it closes the congress here: then another house goes on with it,
and must know what retries are answered with. An import checks everything, then writes.
"""

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deploy import attesting, sealing
from deploy.archive import ArchiveFaulty, Reading, Writing
from deploy.carrier import Carrier
from deploy.manifest import Manifest, Place
from events.catalogue.envelope import Entry, instant
from events.catalogue.registry import BY_SERVICE
from events.journal.moving import LedgerFaulty, LedgerPresent, admitted, misplaced
from events.journal.port import Head
from events.notary.port import Standing
from events.proof.chain import START, Fault, Link, leaf, walk
from events.vault.port import KeyTaken

CHUNK = 500
CONGRESS = re.compile("[0-9]{6,9}")
Moved = Callable[[int, int, str], None]


class Refused(Exception):  # noqa: N818 - a no to the operator
    """The congress cannot be carried; nothing was taken over."""


async def export_of(standing: Carrier, asked: Mapping[str, Any], moved: Moved) -> dict[str, Any]:
    """Write a congress into a new file; close it here if that is asked."""
    congress, close, marks = str(asked["congress"]), bool(asked["close"]), await standing.journal.marks()
    heads = await _heads(standing, congress)
    if not heads:
        raise Refused(f"there is no congress {congress} here")
    if Path(asked["file"]).exists():  # noqa: ASYNC240 - one look at the disk, for an operator
        raise Refused(f"{asked['file']} is there already")
    before = {marks.get(ledger) for ledger in heads}
    if close and before & {"copied", "arriving"}:
        raise Refused(f"{congress} is a copy here; the house where it lives can close it")
    if close:
        await standing.journal.mark(_ledgers(congress), "moved")
    try:
        with _told():
            return await _written(standing, asked, moved)
    except BaseException:
        if close and "moved" not in before:  # there is no file, so it goes on here
            await standing.journal.mark(_ledgers(congress), None)
        raise


async def import_of(standing: Carrier, asked: Mapping[str, Any], moved: Moved) -> dict[str, Any]:
    """Take a congress over from a file; `key` opens what is sealed in it."""
    with _told(), Reading.of(Path(asked["file"])) as archive:
        manifest, key = archive.manifest, bytes.fromhex(asked["key"])
        ledgers = _ledgers(manifest.congress)
        if not CONGRESS.fullmatch(manifest.congress) or not {*manifest.ledgers} <= {*ledgers}:
            raise Refused("its ledgers are none of a congress that this release knows")
        await asyncio.to_thread(_check, archive, key)
        await _admissible(standing, manifest)
        await standing.journal.mark(ledgers, "arriving")
        try:
            await _taken_over(standing, archive, key, moved)
        except BaseException:
            missing = {*ledgers} - (await _heads(standing, manifest.congress)).keys()
            await standing.journal.mark(sorted(missing), None)
            raise
        await standing.journal.mark(ledgers, None if manifest.closed else "copied")
        return _report(manifest)


async def _written(standing: Carrier, asked: Mapping[str, Any], moved: Moved) -> dict[str, Any]:
    congress = str(asked["congress"])
    kdf, salt, key = asked["transport"] or (None, None, "")
    lasts = {ledger: head.sequence for ledger, head in (await _heads(standing, congress)).items()}
    kept = await attesting.standings(standing.proving, lasts)
    heads, types = await _heads(standing, congress), set[str]()
    manifest = Manifest(
        congress=congress, house=standing.name, made=instant(standing.clock.now()),
        closed=asked["close"], personal=asked["personal"], kdf=kdf, salt=salt,
        ledgers={ledger: Place(sequence=head.sequence, hash=head.hash) for ledger, head in heads.items()},
    )  # fmt: skip
    with Writing.to(Path(asked["file"]), bytes.fromhex(key) or None) as archive:
        for ledger, head in heads.items():
            _complete(ledger, head, kept.get(ledger))
            types |= await _put_entries(standing, archive, ledger, head, moved)
        signed = attesting.put_checkpoints(archive, kept)
        attesting.put_schemas(archive, types)
        manifest = manifest.model_copy(update={"signed": signed})
        if manifest.closed:
            await sealing.put_keys(standing, archive, manifest)
        if manifest.personal:
            await sealing.put_personal(standing, archive, congress)
        archive.manifest(manifest)
    return _report(manifest)


def _complete(ledger: str, head: Head, kept: Standing | None) -> None:
    if kept and kept.signed.size > head.sequence:
        raise LedgerFaulty(ledger, Fault(head.sequence + 1, "it was signed and is missing", "missing"))


async def _put_entries(
    standing: Carrier, archive: Writing, ledger: str, head: Head, moved: Moved
) -> set[str]:
    """Write the entries of a ledger, checked one by one; give the types that occur."""
    end: Link | Fault = START
    types = set[str]()
    with archive.entries(ledger) as put:
        while isinstance(end, Link) and end.sequence < head.sequence:
            raws = await standing.journal.fetch(
                ledger, end.sequence, min(CHUNK, head.sequence - end.sequence)
            )
            end = walk(ledger, raws, end) if raws else Fault(end.sequence + 1, "it is missing", "missing")
            for raw in raws:
                put(raw)
                types.add(Entry(raw).type)
            moved(min(head.sequence, end.sequence), head.sequence, ledger)
    if end != Link(head.sequence, head.hash):
        raise LedgerFaulty(
            ledger, end if isinstance(end, Fault) else Fault(end.sequence, "it is not the head", "other-head")
        )
    return types


def _check(archive: Reading, key: bytes) -> None:
    """Read all of it before any of it is believed."""
    manifest = archive.manifest
    for ledger, place in manifest.ledgers.items():
        head = Head(place.sequence, place.hash)
        attesting.covered(ledger, attesting.told(archive, ledger), _leaves(archive, ledger, head))
        if (stray := misplaced(sealing.keys(archive, ledger, key), head)) is not None:
            raise ArchiveFaulty(f"a key of {ledger} names entry {stray.first}, which is not there")
    if manifest.closed and len(sealing.secret(archive, key)) != len(key):
        raise ArchiveFaulty("sealed/secret holds none")
    for _ in sealing.records(archive, key) if manifest.personal and sealing.owners(archive, key) else ():
        pass


def _leaves(archive: Reading, ledger: str, head: Head) -> list[bytes]:
    """Give the leaf hashes of a ledger whose entries are all as they should be."""
    found = list[bytes]()
    admitted(ledger, archive.entries(ledger), head, lambda rows: found.extend(leaf(raw) for _, raw in rows))
    return found


async def _admissible(standing: Carrier, manifest: Manifest) -> None:
    marks = await standing.journal.marks()
    for ledger, head in (await _heads(standing, manifest.congress)).items():
        if marks.get(ledger) not in {"copied", "arriving"}:
            raise Refused(f"{ledger} lives in this house, or moved away from it, at {head.sequence}")
        if manifest.ledgers.get(ledger) != Place(sequence=head.sequence, hash=head.hash):
            raise Refused(f"this house has another copy of {ledger}, at {head.sequence}")


async def _taken_over(standing: Carrier, archive: Reading, key: bytes, moved: Moved) -> None:
    manifest = archive.manifest
    if manifest.personal:
        await standing.vault.adopt(
            manifest.congress, sealing.owners(archive, key), sealing.records(archive, key)
        )
    if manifest.closed:
        await standing.vault.adopt_secret(manifest.congress, sealing.secret(archive, key))
    for done, (ledger, place) in enumerate(manifest.ledgers.items(), 1):
        head, keys = Head(place.sequence, place.hash), sealing.keys(archive, ledger, key)
        await standing.journal.adopt(ledger, archive.entries(ledger), keys, head)
        moved(done, len(manifest.ledgers), manifest.congress)


def _ledgers(congress: str) -> Sequence[str]:
    return [f"{service}/{congress}" for service in BY_SERVICE]


async def _heads(standing: Carrier, congress: str) -> Mapping[str, Head]:
    heads, ledgers = await standing.journal.heads(), _ledgers(congress)
    return {ledger: heads[ledger] for ledger in ledgers if ledger in heads}


def _report(manifest: Manifest) -> dict[str, Any]:
    return manifest.model_dump(include={"congress", "house", "closed", "personal", "ledgers", "signed"})


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (ArchiveFaulty, LedgerFaulty, LedgerPresent, OSError) as error:
        raise Refused(str(error)) from error
    except KeyTaken as error:
        raise Refused(f"the vault here has another key for {error}") from error


DEEDS: Mapping[str, Callable[..., Any]] = {"export": export_of, "import": import_of}
