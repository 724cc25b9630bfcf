"""A server that speaks MongoDB's protocol: FerretDB, one process, its data as SQLite files.

It is a standalone: no replica set, no transactions, no partial or TTL indexes, no change streams.
"""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from deploy.brokers import asking, building, ports
from deploy.brokers.processes import Child


class Server:
    """A server on one address, with the same data however often it is killed and started."""

    def __init__(self, port: int, child: Child) -> None:
        """Take its port and its process, not yet started."""
        self._port, self._child = port, child

    @property
    def url(self) -> str:
        """Where clients find it."""
        return f"mongodb://127.0.0.1:{self._port}/"

    async def start(self) -> None:
        """Start it and wait until it answers `hello`.

        Raises:
            Unstartable: when it does not.

        """
        await self._child.start(lambda: asking.hello(self._port))

    async def kill(self) -> None:
        """End it with SIGKILL."""
        await self._child.kill()

    async def stop(self) -> None:
        """End it in peace."""
        await self._child.stop()


@contextlib.asynccontextmanager
async def mongo(folder: Path) -> AsyncIterator[Server]:
    """Run a server on a folder, made when it is missing, at the address that the folder remembers.

    Raises:
        Unstartable: when it cannot be built or started.

    """
    binary = await building.ferretdb()
    (port,) = ports.kept(folder, 1)
    data = folder / "data"
    data.mkdir(exist_ok=True)
    server = Server(
        port, Child("ferretdb", data, folder / "ferretdb.log", (str(binary), f"127.0.0.1:{port}"))
    )
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
