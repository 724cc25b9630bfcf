"""The command `python -m deploy.brokers`."""

import asyncio
import contextlib
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from deploy.brokers import building, starting
from deploy.brokers.processes import Unstartable

Data = Annotated[Path, typer.Option(help="The folder of their data.")]
Brokers = Annotated[int, typer.Option(help="How many brokers Kafka has: 1 or 3.")]
Build = Annotated[bool, typer.Option("--build", help="Only make what they consist of.")]


def main(data: Data = Path("data/brokers"), brokers: Brokers = 1, *, build: Build = False) -> None:
    """Start a real Kafka and a MongoDB-protocol server and keep them running until Ctrl-C."""
    work = building.everything() if build else starting.serve(data.resolve(), brokers, Console())
    try:
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(work)
    except KeyboardInterrupt:
        sys.exit(1)
    except Unstartable as why:
        Console(stderr=True).print(
            f"brokers: {why}", style="red", markup=False, highlight=False, soft_wrap=True
        )
        sys.exit(1)


if __name__ == "__main__":
    typer.run(main)
