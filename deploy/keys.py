"""`mandate keys`, `readmit`, `witness`: who signs, what is signed again, who cosigns for others."""

import base64
import secrets
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from deploy import upkeep, witness
from deploy.looping import run
from deploy.signing import SEED_BYTES
from deploy.travel import Data, Distributed

out = Console()
Port = Annotated[int, typer.Option(help="Where it answers.", envvar="PORT", min=0, max=65535)]


def add_to(app: typer.Typer) -> None:
    """Add the commands to the others."""
    for command in (keys, readmit, cosign):
        app.command("witness" if command is cosign else None)(command)


def keys(
    *,
    fresh: Annotated[bool, typer.Option("--fresh", help="Make a new key to sign with, and show it.")] = False,
    data: Data = Path("data"),
    distributed: Distributed = False,
) -> None:
    """Show the keys that sign each ledger, for a trust policy."""
    if fresh:
        typer.echo(base64.b64encode(secrets.token_bytes(SEED_BYTES)).decode())
        return
    if distributed:
        from deploy import carrying  # noqa: PLC0415 - the embedded house has no driver of MongoDB

        found = run(carrying.vkeys())
    else:
        found = run(upkeep.asked(data, do="vkeys"))
    for ledger, vkeys in found.items():
        typer.echo("\n".join((f"# {ledger}", *vkeys)))


def readmit(ledger: str, *, data: Data = Path("data"), distributed: Distributed = False) -> None:
    """Sign a ledger again that was refused, if it goes on from what was signed."""
    if distributed:
        from deploy import carrying  # noqa: PLC0415 - as above

        run(carrying.readmit(ledger))
        out.print("no longer refused: the notary looks at it within seconds, and signs it or refuses it anew")
        return
    why = run(upkeep.asked(data, do="readmit", ledger=ledger))
    out.print(f"still refused: {why}" if why else "signed again")
    raise typer.Exit(1 if why else 0)


def cosign(
    policy: Annotated[Path, typer.Argument(help="Its name and the ledgers' keys; see docs/proofs.md.")],
    data: Annotated[Path, typer.Option(help="The witness's own folder.", envvar="DATA")] = Path(
        "data/witness"
    ),
    port: Port = 8000,
    host: Annotated[str, typer.Option(envvar="MANDATE_HOST")] = "127.0.0.1",
) -> None:
    """Cosign the checkpoints of other houses' ledgers, until Ctrl-C."""
    data.mkdir(parents=True, exist_ok=True)
    run(witness.run(data / "witness.db", policy, host, port, out))
