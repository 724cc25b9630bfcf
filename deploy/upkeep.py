"""`mandate views`, `rebuild`, `retry`, `sweep`: through the running house, or on a stopped one.

A running house opens a door on loopback for whoever may read its folder: `operator.json`
holds port and token. One question a connection, JSON lines: progress, then the answer.
"""

import asyncio
import contextlib
import datetime as dt
import hmac
import json
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import structlog
from rich.progress import Progress

from deploy import moving, vouching
from deploy.embedded import House, house
from deploy.folder import Folder
from events.catalogue.envelope import instant
from services.chassis.shelf.port import Skip

log = structlog.get_logger()
Moved = Callable[[int, int, str], None]
ORPHAN_AGE = dt.timedelta(days=1)


class Unknown(Exception):  # noqa: N818 - a no to the operator
    """There is no such view, ledger or folder."""


def quiet(_done: int, _total: int, _text: str) -> None:
    """Say nothing of the progress."""


async def views_of(standing: House, _asked: Mapping[str, Any], _moved: Moved) -> list[dict[str, Any]]:
    """Give each view's generation, documents, lag and blocked ledgers."""
    heads = await standing.ports.journal.heads()
    rows = []
    for running in standing.running.values():
        for name, fold in sorted(running.desk.folds.items()):
            following = running.followings[name]
            lag = sum(
                head.sequence - fold.marks[ledger]
                for ledger, head in heads.items()
                if ledger.partition("/")[0] in following.services
            )
            blocked = ", ".join(
                f"{ledger}/{each.sequence} {each.error}" for ledger, each in following.stopped.items()
            )
            documents = await standing.ports.shelf.size(fold.place)
            rows.append({
                "view": f"{running.service.name}/{name}@{fold.view.version}",
                "generation": fold.place.generation, "documents": documents, "lag": lag, "blocked": blocked,
            })  # fmt: skip
    return rows


async def rebuild_of(standing: House, asked: Mapping[str, Any], moved: Moved) -> dict[str, Any]:
    """Rebuild one view, or all of them, one after the other."""
    reports = {}
    for running in standing.running.values():
        for name in list(running.desk.folds):
            if asked["view"] in {"all", name}:
                report = await running.rebuild(name, lambda done, total, name=name: moved(done, total, name))  # type: ignore[misc]
                reports[name] = {
                    "documents": report.documents, "differing": report.differing, "switched": report.switched,
                }  # fmt: skip
    if not reports:
        raise Unknown(f"there is no view {asked['view']}")
    return reports


async def retry_of(standing: House, asked: Mapping[str, Any], _moved: Moved) -> bool:
    """Let a blocked ledger go on; a skip is stored first, with who and why."""
    if asked["ledger"] not in await standing.ports.journal.heads():
        raise Unknown(f"there is no ledger {asked['ledger']}")
    for running in standing.running.values():
        if (following := running.followings.get(asked["view"])) is None:
            continue
        fold = running.desk.folds.get(asked["view"])
        if asked["skip"] is not None:
            if fold is None:
                raise Unknown(f"{asked['view']} is a reaction, and a reaction passes nothing over")
            skip = Skip(asked["ledger"], asked["skip"], "operator", asked["why"])
            await standing.ports.shelf.skip(fold.view.name, fold.view.version, skip)
            await fold.honour_skips()
        return await following.retry(asked["ledger"])
    raise Unknown(f"there is no view {asked['view']}")


async def sweep_of(standing: House, _asked: Mapping[str, Any], _moved: Moved) -> int:
    """Remove records that were kept a day ago and that no entry names."""
    before = instant(standing.clock.now() - ORPHAN_AGE)
    found = await standing.ports.vault.orphans(before)
    named = await standing.ports.journal.mentions([record for _, record in found])
    gone = [each for each in found if each[1] not in named]
    await standing.ports.vault.discard(gone)
    return len(gone)


DEEDS: Mapping[str, Callable[[House, Mapping[str, Any], Moved], Awaitable[Any]]] = {
    "views": views_of, "rebuild": rebuild_of, "retry": retry_of, "sweep": sweep_of,
    **moving.DEEDS, **vouching.DEEDS,
}  # fmt: skip


async def _answer(standing: House, asked: Mapping[str, Any], writer: asyncio.StreamWriter) -> None:
    def line(**told: Any) -> None:  # noqa: ANN401 - JSON
        writer.write(json.dumps(told, ensure_ascii=False).encode() + b"\n")

    def moved(done: int, total: int, text: str) -> None:
        line(progress=[done, total, text])

    try:
        line(answer=await DEEDS[asked["do"]](standing, asked, moved))
    except (Unknown, moving.Refused) as error:
        line(unknown=str(error))
    except Exception as error:
        log.exception("an operator's request failed", do=asked["do"])
        line(unknown=f"{type(error).__name__}: {error}")


@contextlib.asynccontextmanager
async def door(standing: House) -> AsyncIterator[None]:
    """Answer operators of this machine while the house runs."""
    token, file = secrets.token_urlsafe(32), standing.folder.path / "operator.json"

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer), contextlib.suppress(ConnectionError, ValueError, AttributeError):
            asked = json.loads(await reader.readline())
            if hmac.compare_digest(str(asked.get("token")).encode(), token.encode()):
                await _answer(standing, asked, writer)
            await writer.drain()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    file.touch(mode=0o600)
    file.write_text(json.dumps({"port": server.sockets[0].getsockname()[1], "token": token}))
    try:
        yield
    finally:
        file.unlink(missing_ok=True)
        server.close()


async def asked(data: Path, moved: Moved = quiet, /, **asked: Any) -> Any:  # noqa: ANN401 - JSON
    """Ask the house in a folder, running or not; raises what it says no with."""
    if not (data / "house.toml").exists():
        raise Unknown(f"there is no house in {data}")
    with contextlib.suppress(FileNotFoundError, ConnectionError):
        told = json.loads((data / "operator.json").read_text())
        reader, writer = await asyncio.open_connection("127.0.0.1", told["port"], limit=2**24)
        with contextlib.closing(writer):
            writer.write(json.dumps({**asked, "token": told["token"]}).encode() + b"\n")
            while line := await reader.readline():
                said = json.loads(line)
                if "progress" in said:
                    moved(*said["progress"])
                elif "unknown" in said:
                    raise Unknown(said["unknown"])
                else:
                    return said["answer"]
    folder = Folder.open(data)
    try:
        async with house(folder) as standing:
            await standing.settled()
            return await DEEDS[asked["do"]](standing, asked, moved)
    finally:
        folder.close()


async def views(data: Path) -> list[dict[str, Any]]:
    """Ask for the state of every view."""
    rows: list[dict[str, Any]] = await asked(data, do="views")
    return rows


async def rebuild(data: Path, view: str, progress: Progress) -> dict[str, Any]:
    """Ask for a rebuild, shown as it goes on."""
    tasks: dict[str, Any] = {}

    def moved(done: int, total: int, text: str) -> None:
        tasks.setdefault(text, progress.add_task(text, total=total) if text not in tasks else None)
        progress.update(tasks[text], completed=done)

    reports: dict[str, Any] = await asked(data, moved, do="rebuild", view=view)
    return reports


async def retry(data: Path, view: str, ledger: str, skip: int | None, why: str) -> bool:
    """Ask a blocked ledger to go on."""
    return bool(await asked(data, do="retry", view=view, ledger=ledger, skip=skip, why=why))


async def sweep(data: Path) -> int:
    """Ask for the sweeping of orphans."""
    return int(await asked(data, do="sweep"))
