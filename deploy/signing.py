"""Who signs: the keys of a house, the task that signs beside its services, and what it counts."""

import asyncio
import base64
import binascii
from collections.abc import Sequence
from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.fronting import derived
from events.notary.signing import Notary
from services.chassis import metrics

DERIVED = "derived"
PURPOSE = b"signing"
SEED_BYTES = 32
PAUSE_SECONDS = 0.5
"""Between two rounds: what was committed meanwhile is signed together."""


class NoSigningKey(Exception):  # noqa: N818 - it names what was found
    """A key to sign with cannot be read."""


class Signing(BaseSettings):
    """The keys: seeds of Ed25519 (32 bytes, base64), one a line, all of which sign, the present one first.

    The line `derived` is the key that follows from the master key, which signs where none is given.
    """

    model_config = SettingsConfigDict(env_prefix="MANDATE_", frozen=True, extra="ignore")

    signing_key: SecretStr | None = None
    signing_key_file: Path | None = None

    def seeds(self, master: bytes) -> Sequence[bytes]:
        """Give the seeds, the present one first.

        Raises:
            NoSigningKey: when a line is no seed, one stands twice, or the file cannot be read.

        """
        lines = self._lines().split() or [DERIVED]
        found = [derived(master, PURPOSE) if each == DERIVED else _seed(each) for each in lines]
        if len(set(found)) < len(found):
            raise NoSigningKey("a signing key stands twice")
        return found

    def _lines(self) -> str:
        if self.signing_key is not None:
            return self.signing_key.get_secret_value()
        if self.signing_key_file is None:
            return ""
        try:
            return self.signing_key_file.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise NoSigningKey("the file of the signing keys cannot be read") from error


def _seed(line: str) -> bytes:
    try:
        seed = base64.b64decode(line, validate=True)
    except binascii.Error:
        seed = b""
    if len(seed) != SEED_BYTES:
        raise NoSigningKey("a signing key is 32 bytes in base64, or the word derived; one a line")
    return seed


def counted(notary: Notary, task: asyncio.Task[None]) -> Sequence[str]:
    """Count what waits and what is refused; name the task if it ended."""
    metrics.UNSIGNED.set(notary.unsigned)
    metrics.REFUSED.clear()
    for ledger in notary.refused:
        metrics.REFUSED.labels(ledger).set(1)
    return [task.get_name()] if task.done() else []
