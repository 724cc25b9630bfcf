"""`mandate audit`: is the record whole, are the views its replay, who did what; by command."""

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from deploy import auditing, tracing
from deploy.auditing import Found
from deploy.beside import InStores
from deploy.looking import folding
from deploy.looping import run
from deploy.moving import Refused
from deploy.services import PUBLISHING
from deploy.stored import InFolder, Where
from deploy.travel import Data, Distributed, asked_of
from deploy.upkeep import Unknown

app = typer.Typer(help="Prove the record, and read it back.", no_args_is_help=True)
out, err = Console(), Console(stderr=True)
Workers = Annotated[int, typer.Option(help="How many processes share the work; 0: this one.", min=0)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
CORES = os.cpu_count() or 1
SHOWN = 20


def add_to(parent: typer.Typer) -> None:
    """Add the commands to the others."""
    parent.add_typer(app, name="audit")


@app.command()
def verify(
    *, data: Data = Path("data"), distributed: Distributed = False, workers: Workers = CORES,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Follow every ledger from its first entry to its last; exit code 1 when one does not hold."""
    where = _where(data, distributed=distributed)
    if isinstance(where, InStores):
        run(where.keyed())
    with _progress() as progress:
        task = progress.add_task("verify", total=None)
        found = run(
            auditing.verify(where, workers, lambda done, of: progress.update(task, completed=done, total=of))
        )
    if as_json:
        _print({"sound": found.sound, "flaws": list(found.flaws), "ledgers": list(found.verified)})
    else:
        _tell_verified(found)
    _end(found)


@app.command()
def drift(
    view: Annotated[str, typer.Argument(help="The view's name, or `all`.")] = "all",
    *, data: Data = Path("data"), distributed: Distributed = False, workers: Workers = CORES,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Fold views again in memory and compare; exit code 1 when a document differs."""
    if not any(folding(publisher, view) for publisher in PUBLISHING):
        raise Unknown(f"there is no view {view}")
    where = _where(data, distributed=distributed)
    with _progress() as progress:
        task = progress.add_task("drift", total=None)
        found = run(
            auditing.drift(
                where, view, workers, lambda done, of: progress.update(task, completed=done, total=of)
            )
        )
    if as_json:
        _print({"sound": found.sound, "views": list(found.drifted)})
    else:
        _tell_drifted(found)
    _end(found)


@app.command()
def trail(
    about: Annotated[str, typer.Argument(help="suggestion/…, mandate/…, person/…, opinion/…, or an actor.")],
    *, congress: Annotated[str, typer.Option(help="Of this congress only.")] = "",
    data: Data = Path("data"), distributed: Distributed = False, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Tell who did what, when, why, under which rule, caused by what."""
    steps = run(tracing.trail(_where(data, distributed=distributed), about, congress))
    if as_json:
        _print({"about": about, "steps": steps})
        return
    table = Table()
    for name in ("when", "who", "what", "entry", "why", "rule", "caused by"):
        table.add_column(name, overflow="fold")
    for each in steps:
        why = "; ".join(f"{one['field']} {one['said']}" for one in each["why"])
        rule = "; ".join(
            [
                *filter(None, (each["rulebook"], each["calendar"])),
                *(f"{b['law']} {b['article']}" for b in each["basis"]),
            ]
        )
        table.add_row(
            each["recorded"], each["actor"], each["did"], each["entry"], why, rule, each["cause"] or ""
        )
    out.print(table)


@app.command()
def figure(
    file: Annotated[Path, typer.Argument(help="Published figures: the JSON of GET …/figures.")],
    *, data: Data = Path("data"), distributed: Distributed = False,
) -> None:  # fmt: skip
    """Compute published figures again at the position they stand on; exit code 1 when one differs."""
    try:
        saved = json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise Refused(f"{file} holds no JSON") from error
    report = asked_of(data, distributed, do="figure", saved=saved)
    stands, differing = f"{report['ledger']}/{report['position']}", report["differing"]
    if not differing:
        out.print(f"the same: {report['compared']} numbers computed again at {stands}", soft_wrap=True)
        return
    table = Table("figure", "published", "computed")
    for each in differing:
        table.add_row(each["name"], str(each["published"]), str(each["computed"]))
    out.print(f"{len(differing)} of {report['compared']} differ at {stands}", soft_wrap=True)
    out.print(table)
    raise typer.Exit(1)


def _where(data: Path, *, distributed: bool) -> Where:
    if distributed:
        return InStores()
    if not (data / "journal.db").exists():
        raise Unknown(f"there is no house in {data}")
    return InFolder(data)


def _tell_verified(found: Found) -> None:
    for flaw in found.flaws:
        out.print(f"[red]the store:[/red] {flaw}", highlight=False)
    table = Table("ledger", "entries", "head", "signed", "first fault")
    for each in found.verified:
        signed, fault = each["signed"], each["fault"]
        table.add_row(
            each["ledger"], f"{each['entries']:,}", each["hash"][:16],
            "—" if signed is None else f"{signed['size']:,} {'agrees' if signed['agrees'] else 'DIFFERS'}",
            f"[red]{fault['sequence']}: {fault['why']}[/red]" if fault else "none",
        )  # fmt: skip
    out.print(table)


def _tell_drifted(found: Found) -> None:
    table = Table("view", "ledger", "documents", "up to", "differing")
    for each in found.drifted:
        view = f"{each['service']}/{each['view']}@{each['version']}"
        table.add_row(
            view, each["ledger"], f"{each['documents']:,}", str(each["mark"]), str(each["differing"])
        )
    out.print(table)
    for each in found.drifted:
        for one in each["findings"][:SHOWN]:
            out.print(f"{each['view']} {each['ledger']} {one['document']}: {one['kind']}", highlight=False)
            for field in one["fields"]:
                out.print(
                    f"  {field['path']}: live {field['live']}, replayed {field['replayed']}",
                    highlight=False, markup=False, soft_wrap=True,
                )  # fmt: skip


def _print(told: Any) -> None:  # noqa: ANN401 - JSON
    typer.echo(json.dumps(told, ensure_ascii=False, indent=1))


def _end(found: Found) -> None:
    if not found.sound:
        raise typer.Exit(1)


def _progress() -> Progress:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    return Progress(*columns, console=err, transient=True)
