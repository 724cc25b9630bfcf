"""`mandate serve`, `project`, `react`, `relay`, `notarize`, `gateway`: the parts, by command."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from deploy.looping import run
from deploy.sockets import healthy

Names = Annotated[list[str], typer.Argument(help="Services by name, or `all`.")]
Port = Annotated[int, typer.Option(help="Where it answers.", envvar="PORT", min=0, max=65535)]


def add_to(app: typer.Typer) -> None:
    """Add the commands to the others.

    Each imports its work only when called: the embedded house has no driver of MongoDB or Kafka.
    """
    for command in (serve, project, react, relay, notarize, gateway, together, is_healthy):
        app.command("healthy" if command is is_healthy else None, rich_help_panel="A distributed house")(
            command
        )


def serve(service: str, port: Port = 8000) -> None:
    """Answer the requests of one service."""
    from deploy import distributed  # noqa: PLC0415

    run(distributed.serve(service, port))


def project(services: Names, port: Port = 8000) -> None:
    """Fold the views and references of services; any number may share the work."""
    from deploy import distributed  # noqa: PLC0415

    run(distributed.project(services, port))


def react(services: Names, port: Port = 8000) -> None:
    """Run the reactions of services; any number may share the work."""
    from deploy import distributed  # noqa: PLC0415

    run(distributed.react(services, port))


def relay(services: Names, port: Port = 8000) -> None:
    """Move entries of services from their journals to Kafka; any number may share the work."""
    from deploy import distributed  # noqa: PLC0415

    run(distributed.relay(services, port))


def notarize(services: Names, port: Port = 8000) -> None:
    """Sign the ledgers of services and have witnesses cosign; any number may share the work."""
    from deploy import distributed  # noqa: PLC0415

    run(distributed.notarize(services, port))


def gateway(port: Port = 8000) -> None:
    """Answer people and programs; any number may share accounts and sessions."""
    from deploy import distributed  # noqa: PLC0415

    run(distributed.gateway(port))


def together(
    data: Annotated[Path, typer.Option(help="The data folder.", envvar="DATA")] = Path("data/together"),
    port: Port = 8000,
    example: Annotated[str | None, typer.Option(help="Carry this example over once: haidong.")] = None,
) -> None:
    """Run brokers and every part on this machine, without Docker, until Ctrl-C."""
    from deploy import cluster  # noqa: PLC0415

    run(cluster.together(data, port, example, Console()))


def is_healthy(port: Port = 8000) -> None:
    """Tell by the exit code whether the process on this port is ready."""
    raise typer.Exit(0 if healthy(port) else 1)
