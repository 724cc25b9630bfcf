"""What vouches for the ledgers in an archive: their checkpoints, and the schemas that say what entries mean.

Keys and names are told for the reader's sake; whom to trust, he must know from elsewhere.
"""

import asyncio
from collections.abc import Iterable, Mapping

from deploy.archive import ArchiveFaulty, Reading, Writing
from deploy.manifest import Vouched
from events.catalogue import frozen
from events.catalogue.registry import CATALOGUE
from events.notary.port import Standing
from events.notary.proving import Proving
from events.proof import checkpoint, note, tree
from events.proof.checkpoint import Checkpoint
from events.proof.note import NoteFaulty

PATIENCE_SECONDS = 5.0
"""The notary comes after the commits; a house at rest is signed by then."""


async def standings(proving: Proving, lasts: Mapping[str, int]) -> dict[str, Standing]:
    """Give what was signed of each ledger, once that covers its `last` entry or there is no more patience.

    To be asked before the entries are read: all that was signed by then is to be found, or it is missing.
    """
    kept = await asyncio.gather(*(_standing(proving, ledger, last) for ledger, last in lasts.items()))
    return {ledger: each for ledger, each in zip(lasts, kept, strict=True) if each}


async def _standing(proving: Proving, ledger: str, last: int) -> Standing | None:
    found = await proving.signed(ledger, last, PATIENCE_SECONDS)
    return found or await proving.standing(ledger)


def put_checkpoints(archive: Writing, kept: Mapping[str, Standing]) -> dict[str, Vouched]:
    """Write each ledger's newest checkpoint, and the newest that witnesses saw where that is another."""
    for ledger, each in kept.items():
        seen = each.cosigned_size == each.signed.size
        archive.text(_member(ledger), each.witnessed if seen else each.signed.note)
    for ledger, each in kept.items():
        if 0 < each.cosigned_size < each.signed.size:
            archive.text(f"cosigned/{ledger}.txt", each.witnessed)
    return {
        ledger: Vouched(origin=signed.origin, size=signed.size, keys=list(signed.vkeys))
        for ledger, signed in ((ledger, each.signed) for ledger, each in kept.items())
    }


def put_schemas(archive: Writing, types: Iterable[str]) -> None:
    """Write the JSON Schema of every type of event that occurs."""
    for wire in sorted(types):
        archive.text(f"schemas/{wire}.json", frozen.text(CATALOGUE[wire]))


def told(archive: Reading, ledger: str) -> Checkpoint | None:
    """Give the checkpoint of a ledger, signed by the keys that the archive names; None when it has none.

    Raises:
        ArchiveFaulty: when it is not what the manifest says, or a signature does not hold.

    """
    vouched = archive.manifest.signed.get(ledger)
    if vouched is None:
        return None
    try:
        whole = note.read(archive.text(_member(ledger)))
        found = checkpoint.read(whole.text)
        made = note.verified(whole, [note.key(each) for each in vouched.keys])
    except NoteFaulty as error:
        raise ArchiveFaulty(f"{_member(ledger)}: {error}") from error
    if not made or (found.origin, found.size) != (vouched.origin, vouched.size):
        raise ArchiveFaulty(f"{_member(ledger)} is not the checkpoint that the manifest names")
    return found


def covered(ledger: str, point: Checkpoint | None, leaves: list[bytes]) -> None:
    """See that the entries are those that were signed.

    Raises:
        ArchiveFaulty: when they are not.

    """
    if point is None:
        return
    if len(leaves) < point.size or tree.root(point.size, tree.over(leaves)) != point.root:
        raise ArchiveFaulty(f"the entries of {ledger} are not those that were signed")


def _member(ledger: str) -> str:
    return f"checkpoints/{ledger}.txt"
