"""What vouches for the ledgers in an archive: their checkpoints, and the schemas that say what entries mean.

Keys and names are told for the reader's sake; whom to trust, he must know from elsewhere.
"""

from collections.abc import Iterable, Mapping

from deploy.archive import ArchiveFaulty, Reading, Writing
from deploy.manifest import Vouched
from events.catalogue import frozen
from events.catalogue.registry import CATALOGUE
from events.journal.port import Head
from events.notary.proving import Proving
from events.proof import checkpoint, note, tree
from events.proof.checkpoint import Checkpoint
from events.proof.note import NoteFaulty

PATIENCE_SECONDS = 5.0
"""The notary comes after the commits; a house at rest is signed by then."""


async def put_checkpoints(
    proving: Proving, archive: Writing, heads: Mapping[str, Head]
) -> dict[str, Vouched]:
    """Write the newest checkpoint of each ledger that covers no more than what is exported."""
    signed = dict[str, Vouched]()
    for ledger, head in heads.items():
        kept = await proving.signed(ledger, head.sequence, PATIENCE_SECONDS)
        kept = kept or await proving.standing(ledger)
        if kept is None:
            continue
        found = [(kept.cosigned_size, kept.witnessed), (kept.signed.size, kept.signed.note)]
        fitting = [(size, whole) for size, whole in found if 0 < size <= head.sequence]
        if fitting:  # of two over the same entries the one that witnesses have seen
            size, whole = max(fitting, key=lambda each: each[0])
            archive.text(_member(ledger), whole)
            signed[ledger] = Vouched(origin=kept.signed.origin, size=size, keys=list(kept.signed.vkeys))
    return signed


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
