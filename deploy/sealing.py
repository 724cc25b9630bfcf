"""What of a congress is secret and travels sealed: its secret, its keys, its owners and their words."""

from collections.abc import Iterator, Sequence

from deploy.archive import Reading, Writing
from deploy.carrier import Carrier
from deploy.manifest import Manifest
from events.journal.moving import KeyRow
from events.vault.moving import Kept, Owner

CHUNK = 500


async def put_keys(standing: Carrier, archive: Writing, manifest: Manifest) -> None:
    """Seal the secret of a congress and the key rows of its ledgers."""
    with archive.sealed("secret") as put:
        put((await standing.vault.secret(manifest.congress)).hex())
    for ledger in manifest.ledgers:
        with archive.sealed(f"keys/{ledger}") as put:
            for row in await standing.journal.key_rows(ledger):
                put([row.scope, row.key, row.fingerprint and row.fingerprint.hex(), row.first, row.size])


async def put_personal(standing: Carrier, archive: Writing, congress: str) -> None:
    """Seal the keys of a congress's owners, and its records."""
    with archive.sealed("owners") as put:
        for one in await standing.vault.owners(congress):
            put([one.owner, one.key and one.key.hex(), one.erased])
    with archive.sealed("records") as put:
        after = ""
        while kept := await standing.vault.records(congress, after, CHUNK):
            for each in kept:
                put([each.record, each.owner, each.media_type, each.kept, each.ciphertext.hex()])
            after = kept[-1].record


def keys(archive: Reading, ledger: str, key: bytes) -> Sequence[KeyRow]:
    """Give the key rows of a ledger; none where the congress was not closed."""
    rows = archive.sealed(f"keys/{ledger}", key) if archive.manifest.closed else ()
    return [
        KeyRow(scope, name, fingerprint and bytes.fromhex(fingerprint), first, size)
        for scope, name, fingerprint, first, size in rows
    ]


def secret(archive: Reading, key: bytes) -> bytes:
    """Give the secret of the congress."""
    return b"".join(bytes.fromhex(each) for each in archive.sealed("secret", key))


def owners(archive: Reading, key: bytes) -> Sequence[Owner]:
    """Give the owners with their keys."""
    rows = archive.sealed("owners", key)
    return [Owner(owner, wrapped and bytes.fromhex(wrapped), erased) for owner, wrapped, erased in rows]


def records(archive: Reading, key: bytes) -> Iterator[Kept]:
    """Give the records, one after the other."""
    for *said, ciphertext in archive.sealed("records", key):
        record, owner, media_type, kept = said
        yield Kept(record, owner, media_type, kept, bytes.fromhex(ciphertext))
