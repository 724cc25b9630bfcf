"""Ports of the loopback, chosen once per folder, so that what is started again has its old address."""

import json
import secrets
import socket
from pathlib import Path

from deploy.brokers.processes import Unstartable

CHOICE = range(20_000, 30_000)
"""Below the ports that systems give to outgoing connections: nobody takes the port of a stopped server
by chance, and no client that tries a dead one is connected to itself."""


def kept(folder: Path, count: int) -> list[int]:
    """Give the ports that the folder remembers, chosen and written down the first time.

    Raises:
        Unstartable: when it remembers another number of ports, or somebody listens on one of them.

    """
    file = folder / "ports.json"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(_free(count)))
    ports: list[int] = json.loads(file.read_text())
    if len(ports) != count:
        raise Unstartable(f"{folder} was made with {len(ports)} ports, not {count}: take another folder")
    for port in ports:
        if not _is_free(port):
            raise Unstartable(f"127.0.0.1:{port} of {folder} is taken; is it running already?")
    return ports


def _free(count: int) -> list[int]:
    chosen: set[int] = set()
    while len(chosen) < count:
        port = secrets.choice(CHOICE)
        if _is_free(port):
            chosen.add(port)
    return sorted(chosen)


def _is_free(port: int) -> bool:
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
