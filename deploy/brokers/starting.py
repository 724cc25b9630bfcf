"""`make brokers`: the servers of the environment where it names them, else our own, and how to reach them."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

from rich.console import Console

from deploy.brokers.broker import kafka
from deploy.brokers.ferret import mongo

KAFKA, MONGO = "KAFKA_BOOTSTRAP", "MONGO_URL"


@contextlib.asynccontextmanager
async def bootstrap(folder: Path, brokers: int = 1) -> AsyncIterator[str]:
    """Give the addresses of `KAFKA_BOOTSTRAP`, else those of a Kafka that runs on this folder.

    Raises:
        Unstartable: when it cannot be built or started.

    """
    if given := os.environ.get(KAFKA):
        yield given
    else:
        async with kafka(folder, brokers) as cluster:
            yield cluster.bootstrap


@contextlib.asynccontextmanager
async def url(folder: Path) -> AsyncIterator[str]:
    """Give the address of `MONGO_URL`, else that of a MongoDB-protocol server that runs on this folder.

    Raises:
        Unstartable: when it cannot be built or started.

    """
    if given := os.environ.get(MONGO):
        yield given
    else:
        async with mongo(folder) as server:
            yield server.url


async def serve(folder: Path, brokers: int, out: Console) -> None:
    """Run both, say how to reach them, and go on until SIGINT or SIGTERM.

    Raises:
        Unstartable: when one cannot be built or started.
        CancelledError: when told to stop; all is stopped then.

    """
    if (task := asyncio.current_task()) is not None:
        for each in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(each, task.cancel)
    async with url(folder / "mongo") as mongo_url, bootstrap(folder / "kafka", brokers) as kafka_bootstrap:
        out.print(f"\nbrokers in {folder}   (Ctrl-C 停止)", highlight=False)
        out.print(f"  export {KAFKA}={kafka_bootstrap}", highlight=False, soft_wrap=True)
        out.print(f"  export {MONGO}={mongo_url}", highlight=False, soft_wrap=True)
        await asyncio.Event().wait()
