"""Starting a client of aiokafka, which forgets a connection that it asks its first question by."""

import asyncio
from typing import Protocol

PATIENCE_SECONDS = 5.0


class Client(Protocol):
    """A consumer, a producer or an admin client."""

    async def start(self) -> None:
        """Ask where the cluster's brokers are, and get ready."""


async def started(client: Client) -> None:
    """Start a client; whoever is cancelled meanwhile waits until it stands, for at most five seconds.

    Raises:
        KafkaError: as aiokafka raises it.

    """
    starting = asyncio.create_task(client.start())
    try:
        await asyncio.shield(starting)
    finally:
        # Cancelled in its first question a client leaves the connection open, and no `close` knows it.
        try:
            await asyncio.wait({starting}, timeout=PATIENCE_SECONDS)
        finally:
            starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
