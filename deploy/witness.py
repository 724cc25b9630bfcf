"""`mandate witness`: an upper-level congress cosigns the checkpoints of lower ones.

A process of its own with a folder of its own; it knows nothing of any ledger but its newest checkpoint.
"""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from rich.console import Console
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from deploy.signing import NoSigningKey, read_seeds
from deploy.sockets import serve_on
from events.notary.sqlite import SqliteNotes
from events.notary.witnessing import Reply, Witness
from events.proof import note
from events.proof.note import COSIGNATURE, Key, NoteFaulty, Signer
from services.chassis.web.health import watch
from services.chassis.web.routing import App

MOST_BYTES = 65_536


class NoPolicy(Exception):  # noqa: N818 - it names what was found
    """The file that says which ledgers are cosigned cannot be read."""


class Witnessing(BaseSettings):
    """The witness's key: a seed of Ed25519 (32 bytes, base64), given itself or by a file."""

    model_config = SettingsConfigDict(env_prefix="MANDATE_", frozen=True, extra="ignore")

    witness_key: SecretStr | None = None
    witness_key_file: Path | None = None

    def seed(self) -> bytes:
        """Give the seed.

        Raises:
            NoSigningKey: when there is none, or more than one.

        """
        seeds = read_seeds(self.witness_key, self.witness_key_file)
        if len(seeds) != 1:
            raise NoSigningKey("set MANDATE_WITNESS_KEY_FILE or MANDATE_WITNESS_KEY: one key, of its own")
        return seeds[0]


def policy(file: Path) -> tuple[str, Sequence[Key]]:
    """Read the witness's name and the keys of the ledgers it cosigns.

    Raises:
        NoPolicy: when the file is not as docs/proofs.md says.

    """
    try:
        told = tomllib.loads(file.read_text("utf-8"))
        name, keys = str(told["name"]), [note.key(each) for each in told["logs"]]
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, NoteFaulty) as error:
        raise NoPolicy(f"{file} does not say whom to cosign: {error}") from error
    if not name or name.split() != [name] or "+" in name:
        raise NoPolicy(f"{file}: a witness's name has neither spaces nor +")
    return name, keys


async def run(notes_file: Path, file: Path, host: str, port: int, out: Console) -> None:
    """Cosign until told to stop."""
    name, keys = policy(file)
    signer = Signer(name, Witnessing().seed(), COSIGNATURE)
    notes = SqliteNotes(notes_file)
    try:
        out.print(f"见证 witness  {signer.key.vkey}", highlight=False, soft_wrap=True)
        await serve_on(app(Witness(signer, keys, notes)), host, port, "witness")
    finally:
        await notes.close()


def app(witness: Witness) -> App:
    """Give the witness over HTTP."""
    answering = App("Witness")

    async def add(request: Request) -> Response:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > MOST_BYTES:
                return _answer(Reply(413, "too large\n"))
        return _answer(await witness.add(body))

    async def checkpoint(request: Request) -> Response:
        return _answer(await witness.checkpoint(request.path_params["origin"]))

    async def ready() -> Mapping[str, Any]:
        return {"ready": True, "failed": [], "blocked": []}

    answering.add_route("/add-checkpoint", add, methods=["POST"])
    answering.add_route("/{origin}/checkpoint", checkpoint, methods=["GET"])
    watch(answering, ready)
    return answering


def _answer(reply: Reply) -> Response:
    return PlainTextResponse(reply.body, reply.status, {"Content-Type": reply.media})
