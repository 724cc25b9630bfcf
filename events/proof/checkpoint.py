"""Checkpoints (C2SP tlog-checkpoint): what a ledger was at a size, in three lines that are signed."""

import base64
import re
from dataclasses import dataclass

from events.proof.note import NoteFaulty, decoded
from events.proof.tree import HASH_BYTES

FORM = re.compile(r"([^\n]+)\n(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/]{43}=)\n((?:[^\n]+\n)*)")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The ledger's name in the world, how many entries it had, and the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """Write what is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def origin(house: str, ledger: str) -> str:
    """Give a ledger's name in the world, `<house>/<service>/<congress>`; its keys bear it too."""
    return f"{house}/{ledger}"


def read(text: str) -> Checkpoint:
    """Read a checkpoint from a note's text; lines after the third are passed over.

    Raises:
        NoteFaulty: when it is none.

    """
    found = FORM.fullmatch(text)
    if found is None:
        raise NoteFaulty("it is no checkpoint")
    return Checkpoint(found[1], int(found[2]), digest(found[3]))


def digest(text: str) -> bytes:
    """Read a hash written in base64.

    Raises:
        NoteFaulty: when it is none.

    """
    found = decoded(text)
    if len(found) != HASH_BYTES:
        raise NoteFaulty("it is no hash in base64")
    return found
