"""`mandate audit`: the record is asked to prove itself."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from deploy.moving import Refused
from deploy.travel import Data, Distributed, asked_of

audit = typer.Typer(help="Let the record prove itself.", no_args_is_help=True)
out = Console()


@audit.command()
def figure(
    file: Annotated[Path, typer.Argument(help="Published figures: the JSON of GET …/figures.")],
    *,
    data: Data = Path("data"),
    distributed: Distributed = False,
) -> None:
    """Compute published figures again at the position they stand on; exit 1 when one differs."""
    try:
        saved = json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise Refused(f"{file} holds no JSON") from error
    report = asked_of(data, distributed, do="figure", saved=saved)
    stands = f"{report['ledger']}/{report['position']}"
    if not report["differing"]:
        out.print(f"the same: {report['compared']} numbers computed again at {stands}", soft_wrap=True)
        return
    table = Table("figure", "published", "computed")
    for each in report["differing"]:
        table.add_row(each["name"], str(each["published"]), str(each["computed"]))
    out.print(f"{len(report['differing'])} of {report['compared']} differ at {stands}", soft_wrap=True)
    out.print(table)
    raise typer.Exit(1)
