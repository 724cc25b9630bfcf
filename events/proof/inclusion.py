"""Proofs that travel (C2SP tlog-proof): an entry, its place, its path and the checkpoint over it.

The extra data are the entry's own bytes, so that whoever holds the file needs nothing else.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from events.proof import checkpoint, note, tree
from events.proof.chain import leaf
from events.proof.note import Key, Note, NoteFaulty

HEAD = "c2sp.org/tlog-proof@v1"
FORM = re.compile(
    rf"{re.escape(HEAD)}\n(?:extra ([A-Za-z0-9+/]*={{0,2}})\n)?index (0|[1-9][0-9]{{0,18}})\n"
    r"((?:[A-Za-z0-9+/]{43}=\n){0,64})\n(.+)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof read, not believed yet; `entry` is None where the file carries none."""

    entry: bytes | None
    index: int
    path: tuple[bytes, ...]
    note: Note

    @property
    def text(self) -> str:
        """Write the file."""
        extra = "" if self.entry is None else f"extra {base64.b64encode(self.entry).decode()}\n"
        path = "".join(f"{base64.b64encode(each).decode()}\n" for each in self.path)
        return f"{HEAD}\n{extra}index {self.index}\n{path}\n{self.note.whole}"


def read(text: str) -> Proof:
    """Read a `.tlog-proof` file.

    Raises:
        NoteFaulty: when it is none.

    """
    found = FORM.fullmatch(text)
    if found is None:
        raise NoteFaulty("it is no tlog-proof")
    entry = None if found[1] is None else note.decoded(found[1])
    path = tuple(checkpoint.digest(each) for each in found[3].split())
    return Proof(entry, int(found[2]), path, note.read(found[4]))


def verified(proof: Proof, keys: Sequence[Key]) -> checkpoint.Checkpoint:
    """Believe a proof: signed by one of the keys, which bear the origin's name, over this very entry.

    Raises:
        NoteFaulty: says what does not hold.

    """
    told = checkpoint.read(proof.note.text)
    known = note.verified(proof.note, [each for each in keys if each.type == note.ED25519])
    if not any(each.name == told.origin for each, _ in known):
        raise NoteFaulty("no trusted key of the ledger has signed the checkpoint")
    if proof.entry is None:
        raise NoteFaulty("the file carries no entry")
    if not tree.included(leaf(proof.entry), proof.index, told.size, proof.path, told.root):
        raise NoteFaulty("the entry does not stand under the signed root")
    return told
