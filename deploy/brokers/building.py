"""What the brokers are made of: Kafka's jars by Maven, FerretDB's binary by Go, each made once.

Both lie in `build/brokers/`, in folders named after the hash of what they are made from, so a changed
`pom.xml` or `go.sum` makes them anew.
"""

import asyncio
import contextlib
import fcntl
import hashlib
import os
import shutil
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from deploy.brokers.processes import Unstartable, leash

RECIPES = Path(__file__).parent
BUILT = RECIPES.parents[1] / "build" / "brokers"
NEEDED = {
    "java": "Java 17 or newer (Debian: apt-get install openjdk-17-jre-headless)",
    "mvn": "Maven (Debian: apt-get install maven)",
    "go": "Go 1.24 or newer (https://go.dev/dl/)",
}
TURN_SECONDS = 0.2
TAIL = 2000


def tool(name: str) -> str:
    """Give the path of a program.

    Raises:
        Unstartable: when it is not on the PATH.

    """
    path = shutil.which(name)
    if path is None:
        raise Unstartable(f"there is no `{name}` on the PATH; needed is {NEEDED[name]}")
    return path


async def everything() -> None:
    """Make both, where that is not done yet, so that a start takes seconds.

    Raises:
        Unstartable: when a program is missing or does not succeed.

    """
    tool("java")
    await jars()
    await ferretdb()


async def jars() -> Path:
    """Give the folder of the jars that a Kafka broker consists of.

    Raises:
        Unstartable: when Maven is missing or does not succeed.

    """
    command = ("mvn", "-q", "-B", "-C", "dependency:copy-dependencies")
    return await made("kafka", ("pom.xml",), command, "-DoutputDirectory={}")


async def ferretdb() -> Path:
    """Give the binary of a server that speaks MongoDB's protocol.

    Raises:
        Unstartable: when Go is missing or does not succeed.

    """
    flags = ("-tags", "ferretdb_no_postgresql", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w")
    folder = await made(
        "ferretdb", ("main.go", "go.mod", "go.sum"), ("go", "build", *flags), "-o={}/ferretdb"
    )
    return folder / "ferretdb"


async def made(name: str, recipes: Sequence[str], command: Sequence[str], into: str) -> Path:
    """Give the folder made from the recipes by a command; of several processes that want it one makes it.

    `into` is the command's last argument, with {} for the folder to fill.

    Raises:
        Unstartable: when the program is missing or does not succeed.

    """
    key = hashlib.sha256(b"".join((RECIPES / each).read_bytes() for each in recipes)).hexdigest()
    folder = BUILT / f"{name}-{key[:12]}"
    if folder.exists():
        return folder
    async with _turn(name):
        if not folder.exists():
            fresh = BUILT / f"{name}.new"
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir()
            sys.stderr.write(f"· {name} for the brokers, once (a minute or two)\n")
            await run(tool(command[0]), *command[1:], into.format(fresh), folder=RECIPES)
            fresh.rename(folder)
    return folder


@contextlib.asynccontextmanager
async def _turn(name: str) -> AsyncIterator[None]:
    BUILT.mkdir(parents=True, exist_ok=True)
    with (BUILT / f"{name}.lock").open("a") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                await asyncio.sleep(TURN_SECONDS)
        yield


async def run(*command: str, folder: Path) -> None:
    """Run a program to its end in a folder; it ends with us.

    Raises:
        Unstartable: when it does not succeed, with the end of what it said.

    """
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=os.environ | {"CGO_ENABLED": "0"}, preexec_fn=leash(),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        said, _ = await process.communicate()
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        raise
    if process.returncode != 0:
        raise Unstartable(f"`{' '.join(command)}` did not succeed:\n{said.decode(errors='replace')[-TAIL:]}")
