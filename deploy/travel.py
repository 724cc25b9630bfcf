"""`mandate export` and `mandate import`: a congress as a file, by command."""

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from deploy import archive, upkeep
from deploy.looping import run
from deploy.moving import Refused

out = Console()
KEY_BYTES = 32
Data = Annotated[Path, typer.Option(help="The data folder.", envvar="DATA")]
Distributed = Annotated[
    bool, typer.Option("--distributed", help="In the house that MONGO_URL and its fellows name.")
]
KeyFile = Annotated[
    Path | None,
    typer.Option(help="Seal, or open, with the key in this file (32 bytes, base64), not a passphrase."),
]


def add_to(app: typer.Typer) -> None:
    """Add the commands to the others."""
    app.command("export")(export)
    app.command("import")(import_)


def export(  # noqa: PLR0913 - each is an option of the command
    congress: str,
    *,
    to: Annotated[Path, typer.Option(help="The file to write; it must not be there yet.")],
    close: Annotated[
        bool, typer.Option("--close", help="End writing here; it goes on in another house.")
    ] = False,
    with_personal_data: Annotated[
        bool, typer.Option("--with-personal-data", help="Take names and words along, sealed.")
    ] = False,
    key_file: KeyFile = None,
    data: Data = Path("data"),
    distributed: Distributed = False,
) -> None:
    """Write the ledgers of a congress into a file, checked entry by entry."""
    transport = None
    if close or with_personal_data:
        kdf, salt, key = _transport(key_file, new=True)
        transport = [kdf, salt, key.hex()]
    _tell(asked_of(
        data, distributed, do="export", congress=congress, file=str(to.absolute()), close=close,
        personal=with_personal_data, transport=transport,
    ))  # fmt: skip


def import_(
    file: Path, *, key_file: KeyFile = None, data: Data = Path("data"), distributed: Distributed = False
) -> None:
    """Take a congress over from a file: a copy to look at, or, if it was closed, to go on with."""
    with archive.Reading.of(file) as reading:
        manifest = reading.manifest
    key = _transport(key_file, manifest.kdf, manifest.salt)[2] if manifest.kdf else b""
    _tell(asked_of(data, distributed, do="import", file=str(file.absolute()), key=key.hex()))


def asked_of(data: Path, distributed: bool, /, **asked: Any) -> dict[str, Any]:  # noqa: ANN401, FBT001 - JSON
    """Ask the house of the folder, or do it in the stores of the distributed one."""
    if not distributed:
        report: dict[str, Any] = run(upkeep.asked(data, **asked))
        return report
    from deploy import carrying  # noqa: PLC0415 - the embedded house has no driver of MongoDB

    done: dict[str, Any] = run(carrying.carried(upkeep.quiet, **asked))
    return done


def _transport(
    key_file: Path | None, kdf: str | None = None, salt: str | None = None, *, new: bool = False
) -> archive.Transport:
    if kdf == "hkdf" and key_file is None:
        raise Refused("it is sealed with a key file: name it with --key-file")
    if key_file is None:
        passphrase = typer.prompt("passphrase", hide_input=True, confirmation_prompt=new)
        return archive.transport("scrypt", passphrase.encode(), salt)
    if kdf == "scrypt":
        raise Refused("it is sealed with a passphrase, not with a key file")
    try:
        key = base64.b64decode(key_file.read_text().strip(), validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise Refused("the key file must hold 32 bytes, base64")
    return archive.transport("hkdf", key, salt)


def _tell(report: Mapping[str, Any]) -> None:
    closed, personal = report["closed"], report["personal"]
    out.print(
        f"{report['congress']} of {report['house']}: {'closed there' if closed else 'a copy'}, "
        f"{'with' if personal else 'without'} personal data"
    )
    for ledger, head in report["ledgers"].items():
        out.print(f"  {ledger}/{head['sequence']} {head['hash']}", highlight=False, soft_wrap=True)
