"""Who signs: the keys of a house, the task that signs beside its services, and what it counts."""

import asyncio
import base64
import binascii
from collections.abc import Sequence
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from deploy.fronting import derived
from deploy.witnesses import HttpWitness
from events.notary.cosigning import Cosigning
from events.notary.port import Notes, Source
from events.notary.signing import Changed, Notary
from events.proof.checkpoint import origin
from events.proof.note import Signer
from services.chassis import metrics

DERIVED = "derived"
PURPOSE = b"signing"
SEED_BYTES = 32
PAUSE_SECONDS = 0.5
"""Between two rounds: what was committed meanwhile is signed together."""


class NoSigningKey(Exception):  # noqa: N818 - it names what was found
    """A key to sign with cannot be read."""


class KeyElsewhere(Exception):  # noqa: N818 - it names what was found
    """The notary signs with a key that this process is not given."""


KEY_ELSEWHERE = (
    "台账由另一把签名密钥签署，而此处未给出：请设置 MANDATE_SIGNING_KEY_FILE"
    "（或 MANDATE_SIGNING_KEY），或在公证进程（notarize）所在之处运行本命令。 / "
    "The ledgers are signed by a key that is not given here: set MANDATE_SIGNING_KEY_FILE (or "
    "MANDATE_SIGNING_KEY), or run this where the notary (notarize) runs."
)


class Signing(BaseSettings):
    """The keys: seeds of Ed25519 (32 bytes, base64), one a line, all of which sign, the present one first.

    The line `derived` is the key that follows from the master key, which signs where none is given.
    `witnesses` is JSON, a list of `{"url": …, "vkey": …}`; each is asked every `witness_seconds`.
    """

    model_config = SettingsConfigDict(env_prefix="MANDATE_", frozen=True, extra="ignore")

    signing_key: SecretStr | None = None
    signing_key_file: Path | None = None
    witnesses: tuple[HttpWitness, ...] = ()
    witness_seconds: float = Field(60.0, gt=0)

    def seeds(self, master: bytes) -> Sequence[bytes]:
        """Give the seeds, the present one first.

        Raises:
            NoSigningKey: when a line is no seed, one stands twice, or the file cannot be read.

        """
        implied = derived(master, PURPOSE)
        return read_seeds(self.signing_key, self.signing_key_file, implied) or [implied]


def given() -> Signing:
    """Read the settings.

    Raises:
        NoSigningKey: when the witnesses cannot be read.

    """
    try:
        return Signing()
    except ValidationError as error:
        why = "; ".join(each["msg"] for each in error.errors(include_input=False, include_url=False))
        raise NoSigningKey(f"the signing keys or witnesses cannot be read: {why}") from None
    except SettingsError as error:  # its cause would show the value
        raise NoSigningKey(f"the signing keys or witnesses cannot be read: {error}") from None


async def beside(house: str, master: bytes, notes: Notes) -> Sequence[bytes]:
    """Give the seeds, for a process beside the notary.

    Without a key given, the derived one counts only if it has signed: notes say whether, never which
    key to trust instead. One ledger with its signature is enough, as another may have been tampered with.

    Raises:
        KeyElsewhere: when no key is given here, and the ledgers are signed by another than the derived.
        NoSigningKey: as `given` and `seeds`.

    """
    settings = given()
    seeds = settings.seeds(master)
    if settings.signing_key is not None or settings.signing_key_file is not None:
        return seeds
    standings = [each for each in await notes.all() if each.signed.size and each.refused is None]
    own = [each.signed for each in standings if each.signed.origin.startswith(origin(house, ""))]
    if own and not any(Signer(each.origin, seeds[0]).key.vkey in each.vkeys for each in own):
        raise KeyElsewhere(KEY_ELSEWHERE)
    return seeds


def read_seeds(itself: SecretStr | None, file: Path | None, implied: bytes | None = None) -> Sequence[bytes]:
    """Read seeds, one a line; the line `derived` stands for what is implied.

    Raises:
        NoSigningKey: when a line is no seed, one stands twice, or the file cannot be read.

    """
    lines = _text(itself, file).split()
    found = [implied if each == DERIVED and implied else _seed(each) for each in lines]
    if len(set(found)) < len(found):
        raise NoSigningKey("a signing key stands twice")
    return found


def _text(itself: SecretStr | None, file: Path | None) -> str:
    if itself is not None:
        return itself.get_secret_value()
    if file is None:
        return ""
    try:
        return file.read_text("utf-8")
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


def signatory(
    house: str, master: bytes, source: Source, notes: Notes, prefixes: Sequence[str] = ("",)
) -> "Signatory":
    """Give who signs the ledgers of a house whose names begin with one of the prefixes.

    Raises:
        NoSigningKey: when the keys or the witnesses cannot be read.

    """
    settings = given()
    notary = Notary(house, source, notes, settings.seeds(master), prefixes)
    origins = tuple(origin(house, each) for each in prefixes)
    return Signatory(notary, Cosigning(notes, settings.witnesses, origins, settings.witness_seconds))


class Signatory:
    """The notary of a house at work, and what has its checkpoints cosigned."""

    def __init__(self, notary: Notary, cosigning: Cosigning) -> None:
        self.notary, self.cosigning = notary, cosigning
        self._tasks = list[asyncio.Task[None]]()

    async def start(self, changed: Changed, pause: float = PAUSE_SECONDS) -> None:
        """Begin: after `changed`, a round at most every `pause` seconds."""
        for name, work in (("notary", self.notary.run(changed, pause)), ("cosigning", self.cosigning.run())):
            self._tasks.append(asyncio.create_task(work, name=name))

    async def stop(self) -> None:
        """Sign no more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def failed(self) -> Sequence[str]:
        """Count what waits and what is refused; name the tasks that ended."""
        _count(self.notary, self.cosigning)
        return [task.get_name() for task in self._tasks if task.done()]


def _count(notary: Notary, cosigning: Cosigning) -> None:
    metrics.UNSIGNED.set(notary.unsigned)
    metrics.REFUSED.clear()
    for ledger in notary.refused:
        metrics.REFUSED.labels(ledger).set(1)
    for witness, seconds in cosigning.silent.items():
        metrics.SILENT.labels(witness).set(seconds)
