"""The command `mandate`: start the house, look at it, rebuild what can be rebuilt."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from deploy import archive, audit, keys, moving, parts, people, serving, travel, upkeep
from deploy.examples.notes import AnotherScript
from deploy.folder import Folder, FolderTaken, NoMasterKey, NotBacked
from deploy.looping import run
from deploy.services import NoSuchService
from deploy.signing import KeyElsewhere, NoSigningKey
from deploy.travel import Distributed
from deploy.witness import NoPolicy
from events.catalogue import frozen
from events.catalogue.registry import BY_SERVICE
from events.drivers.apsw import NewerSchema, UnsoundLibrary
from events.drivers.terms import DatabaseError
from events.vault.port import WrongMasterKey

app = typer.Typer(
    help="履职 Mandate: the work of people's congress deputies, on the record.", no_args_is_help=True
)
accounts = typer.Typer(help="Who may sign in.", no_args_is_help=True)
app.add_typer(accounts, name="accounts")
travel.add_to(app)
keys.add_to(app)
parts.add_to(app)
audit.add_to(app)
out = Console()
FORESEEN = (
    FolderTaken, NoMasterKey, NotBacked, WrongMasterKey, NewerSchema, UnsoundLibrary, DatabaseError,
    NoSuchService, NoSigningKey, NoPolicy, AnotherScript,
    upkeep.Unknown, moving.Refused, archive.ArchiveFaulty, people.Refused, serving.Broken, OSError,
)  # fmt: skip
"""What goes wrong without a fault of ours; the sentence is the exception's own."""
Data = Annotated[Path, typer.Option(help="The data folder.", envvar="DATA")]
Port = Annotated[int, typer.Option(help="The port on 127.0.0.1.", envvar="PORT", min=0, max=65535)]


@app.command()
def up(
    data: Data = Path("data"),
    port: Port = 8000,
    example: Annotated[str | None, typer.Option(help="Load this example once: haidong.")] = None,
) -> None:
    """Start the whole house in one process and keep it running until Ctrl-C."""
    run(serving.up(_folder(data, example), port, out))


@app.command()
def views(data: Data = Path("data")) -> None:
    """Show every view: how far it has come, its lag, what is blocked, its size."""
    rows = run(upkeep.views(data))
    table = Table("view", "generation", "documents", "lag", "blocked")
    for row in rows:
        table.add_row(
            row["view"],
            str(row["generation"]),
            f"{row['documents']:,}",
            str(row["lag"]),
            row["blocked"] or "—",
        )
    out.print(table)


@app.command()
def rebuild(
    view: Annotated[str, typer.Argument(help="The view's name, or `all`.")], data: Data = Path("data")
) -> None:
    """Fold a view again beside the live one, compare, and let it take over."""
    with _progress() as progress:
        report = run(upkeep.rebuild(data, view, progress))
    for name, each in report.items():
        differing = each["differing"]
        out.print(
            f"{name}: {each['documents']:,} documents, {len(differing)} differ, "
            + ("taken over" if each["switched"] else "NOT taken over")
        )
        for one in differing[:20]:
            out.print(f"  {one}")
    if any(not each["switched"] for each in report.values()):
        raise typer.Exit(1)


@app.command()
def retry(
    view: str,
    ledger: str,
    data: Data = Path("data"),
    skip: Annotated[int | None, typer.Option(help="Pass over this sequence for good.")] = None,
    why: str = "",
) -> None:
    """Let a blocked ledger of a view go on, perhaps passing over the entry it stopped at."""
    if skip is not None and not why:
        raise typer.BadParameter("say --why the entry is passed over")
    out.print("whole again" if run(upkeep.retry(data, view, ledger, skip, why)) else "still blocked")


@app.command()
def sweep(data: Data = Path("data")) -> None:
    """Remove words that no entry names, a day after they were sealed."""
    out.print(f"{run(upkeep.sweep(data))} orphans removed")


@app.command()
def schemas(
    to: Annotated[Path | None, typer.Option(help="Write one file per event version here.")] = None,
) -> None:
    """Show, or write, the JSON Schema of every event."""
    for service, events in BY_SERVICE.items():
        for wire, event in events.items():
            if to is None:
                out.print(f"{service:12} {wire:40} {(event.__doc__ or '').strip().splitlines()[0]}")
            else:
                to.mkdir(parents=True, exist_ok=True)
                (to / f"{wire}.json").write_text(frozen.text(event))


@accounts.command("add")
def add_account(
    login: str, congress: str, person: str, *, data: Data = Path("data"), distributed: Distributed = False
) -> None:
    """Let a person sign in to a congress; asks for the password."""
    password = typer.prompt("password", hide_input=True, confirmation_prompt=True)
    out.print(run(people.add(None if distributed else data, login, congress, person, password)))


@accounts.command("list")
def list_accounts(congress: str, *, data: Data = Path("data"), distributed: Distributed = False) -> None:
    """Show the accounts of a congress."""
    table = Table("login", "person", "disabled")
    for each in run(people.of(None if distributed else data, congress)):
        table.add_row(each.login, each.person, "yes" if each.disabled else "")
    out.print(table)


@accounts.command("token")
def token(
    login: str, name: str, days: int = 90, *, data: Data = Path("data"), distributed: Distributed = False
) -> None:
    """Make an API token; it is shown this once."""
    out.print(run(people.token(None if distributed else data, login, name, days)))


@accounts.command("disable")
def disable(login: str, *, data: Data = Path("data"), distributed: Distributed = False) -> None:
    """Keep an account from signing in; its sessions end at once."""
    run(people.disable(None if distributed else data, login))
    out.print(f"{login} is disabled")


def _folder(data: Path, example: str | None = None) -> Folder:
    if example is not None and not (serving.EXAMPLES / example).is_dir():
        raise upkeep.Unknown(f"there is no example {example}")
    return Folder.open(data, example)


def _progress() -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=out)


def main() -> None:
    """Run the command; what goes wrong foreseeably is one sentence, not a trace."""
    try:
        app()
    except FORESEEN as error:
        Console(stderr=True).print(f"[red]mandate:[/red] {error}")
        sys.exit(1)
    except KeyElsewhere as error:  # nothing was looked at: neither sound nor unsound
        Console(stderr=True).print(f"[red]mandate:[/red] {error}")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(0)
