"""`python -m tests.journeys.serving FOLDER PORT`: a house at work without limits on how often."""

import asyncio
import sys
from pathlib import Path

import uvicorn

from deploy.embedded import house
from deploy.folder import Folder
from tests.journeys.visiting import UNLIMITED


async def serve(path: Path, port: int) -> None:
    """Serve until a signal comes."""
    folder = Folder.open(path)
    try:
        async with house(folder, UNLIMITED) as standing:
            config = uvicorn.Config(
                standing.app, port=port, log_level="error", access_log=False, lifespan="off",
                timeout_graceful_shutdown=2, http="httptools",
            )  # fmt: skip
            await uvicorn.Server(config).serve()
    finally:
        folder.close()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
