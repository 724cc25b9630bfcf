import asyncio
import datetime as dt
import json
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from rich.progress import Progress

from deploy import upkeep
from deploy.embedded import House, house
from deploy.folder import Folder
from deploy.services import SERVICES
from events.catalogue.envelope import Entry
from services.chassis.projecting import Fold

CITY = "630200"
LEDGER = f"suggestions/{CITY}"
EVER = "9999"
"""After every instant."""
VIEWS = {
    f"{each.name}/{view.name}@{view.version}" for each in SERVICES for view in (*each.views, *each.references)
}


@pytest.fixture
def data(haidong_folder: Path, tmp_path: Path) -> Path:
    """Give a copy of the loaded example, of a house that stands still."""
    return Path(shutil.copytree(haidong_folder, tmp_path / "data"))


@asynccontextmanager
async def at_work(data: Path) -> AsyncIterator[House]:
    """Run the house, with its door for operators."""
    folder = Folder.open(data)
    try:
        async with house(folder) as standing, upkeep.door(standing):
            yield standing
    finally:
        folder.close()


@asynccontextmanager
async def found(data: Path, state: str) -> AsyncIterator[None]:
    """Let the house be in a state, stopped or running, while it is asked."""
    if state == "stopped":
        yield
    else:
        async with at_work(data) as standing:
            await standing.settled()
            yield


either = pytest.mark.parametrize("state", ["stopped", "running"])


async def rebuild(data: Path, view: str) -> dict[str, Any]:
    """Rebuild without showing it."""
    return await upkeep.rebuild(data, view, Progress(disable=True))


async def last(data: Path, view: str) -> int:
    """Give the sequence of the last entry of the ledger that a view folds."""
    async with at_work(data) as standing:
        steps = standing.running["supervision"].desk.folds[view].view.by_wire
        raws = await standing.journal.fetch(LEDGER, 0, 100_000)
    return max(entry.sequence for entry in map(Entry, raws) if entry.type in steps)


def poison(monkeypatch: pytest.MonkeyPatch, view: str, sequence: int) -> None:
    """Let a view fail at one entry."""
    routed = Fold._routed  # noqa: SLF001 - where an entry meets its documents

    def poisoned(self: Fold, *of: Any) -> Iterator[Any]:  # noqa: ANN401 - as the method has it
        for each in routed(self, *of):
            if (self.view.name, each[-1].id) == (view, f"{LEDGER}/{sequence}"):
                raise ArithmeticError(each[-1].id)
            yield each

    monkeypatch.setattr(Fold, "_routed", poisoned)


async def blocked(data: Path) -> dict[str, str]:
    """Give the views that stand blocked, and at what."""
    return {row["view"]: row["blocked"] for row in await upkeep.views(data) if row["blocked"]}


@either
async def test_views_tells_of_every_view(data: Path, state: str) -> None:
    """Each view and reference is told with its size; in a settled house none lags or is blocked."""
    async with found(data, state):
        rows = await upkeep.views(data)
    assert {row["view"] for row in rows} == VIEWS
    assert {(row["lag"], row["blocked"]) for row in rows} == {(0, "")}
    assert sum(row["documents"] for row in rows) > 500


@either
async def test_one_view_is_rebuilt(data: Path, state: str) -> None:
    """Rebuilt, a view is of the next generation, and the others are left alone."""
    async with found(data, state):
        before = {row["view"]: row["generation"] for row in await upkeep.views(data)}
        report = await rebuild(data, "board")
        after = {row["view"]: row["generation"] for row in await upkeep.views(data)}
    assert list(report) == ["board"]
    assert (report["board"]["differing"], report["board"]["switched"]) == ([], True)
    assert {name for name in after if after[name] == before[name] + 1} == {"supervision/board@1"}
    assert before.keys() == after.keys()


@either
async def test_all_views_are_rebuilt(data: Path, state: str) -> None:
    """`all` rebuilds every view and reference, and each takes over."""
    async with found(data, state):
        reports = await rebuild(data, "all")
    assert len(reports) == len(VIEWS)
    assert all(each["switched"] and not each["differing"] for each in reports.values())


@either
async def test_what_is_not_there_is_refused(data: Path, state: str) -> None:
    """An unknown view or ledger is told in one sentence, and nothing happens; the door stays open."""
    async with found(data, state):
        with pytest.raises(upkeep.Unknown, match="no view nowhere"):
            await rebuild(data, "nowhere")
        with pytest.raises(upkeep.Unknown, match="no view nowhere"):
            await upkeep.retry(data, "nowhere", LEDGER, None, "")
        with pytest.raises(upkeep.Unknown, match="no ledger nowhere/1"):
            await upkeep.retry(data, "board", "nowhere/1", None, "")
        assert await blocked(data) == {}


async def test_no_folder_is_made_by_a_question(tmp_path: Path) -> None:
    """Asked about a house that is not there, the operator is told so; none is founded."""
    with pytest.raises(upkeep.Unknown, match="no house"):
        await upkeep.views(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


@either
async def test_a_blocked_ledger_is_retried_and_passed_over(
    data: Path, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stays blocked while the entry fails; passed over, view and rebuild agree without it."""
    sequence = await last(data, "board")
    (data / "shelf.db").unlink()
    poison(monkeypatch, "board", sequence)
    async with found(data, state):
        assert await blocked(data) == {"supervision/board@1": f"{LEDGER}/{sequence} ArithmeticError"}
        assert not await upkeep.retry(data, "board", LEDGER, None, "")
        assert await upkeep.retry(data, "board", LEDGER, sequence, "it cannot be folded")
        assert await blocked(data) == {}
        report = await rebuild(data, "board")
        assert report["board"]["switched"]


async def test_a_mended_view_goes_on(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the code can fold the entry, a retry makes the ledger whole; nothing was lost."""
    sequence = await last(data, "board")
    (data / "shelf.db").unlink()
    with monkeypatch.context() as patch:
        poison(patch, "board", sequence)
        async with at_work(data) as standing:
            await standing.settled()
            assert len(await blocked(data)) == 1
            patch.undo()
            assert await upkeep.retry(data, "board", LEDGER, None, "")
    assert (await rebuild(data, "board"))["board"]["switched"]


async def test_a_reaction_passes_nothing_over(data: Path) -> None:
    """What others wait for is not skipped by a command; a reaction may only be retried."""
    async with at_work(data) as standing:
        await standing.settled()
        name = next(
            each for running in standing.running.values()
            for each in running.followings if each.startswith("reaction-")
        )  # fmt: skip
        with pytest.raises(upkeep.Unknown, match="reaction"):
            await upkeep.retry(data, name, LEDGER, 1, "why not")
        assert await upkeep.retry(data, name, LEDGER, None, "")


async def orphan(standing: House) -> str:
    """Keep words that no entry names."""
    sealed = await standing.vault.seal(CITY, "person/nobody", [(b"words", "text/plain")])
    await standing.vault.keep(sealed)
    return sealed[0].reference.record


def later(standing: House, **by: float) -> None:
    """Let time pass in the example."""
    standing.clock.set(standing.clock.now() + dt.timedelta(**by))
    standing.folder.keep_offset(standing.clock.offset)


@either
async def test_only_old_orphans_are_swept(data: Path, state: str) -> None:
    """What no entry names goes when it is a day old, not before; what an entry names stays."""
    async with at_work(data) as standing:
        kept = [record for _, record in await standing.vault.orphans(EVER)]
        named = await standing.journal.mentions(kept)
        await upkeep.sweep(data)
        old = await orphan(standing)
        later(standing, hours=23)
        young = await orphan(standing)
        assert await upkeep.sweep(data) == 0
        later(standing, hours=2)
    async with found(data, state):
        assert await upkeep.sweep(data) == 1
        assert await upkeep.sweep(data) == 0
    async with at_work(data) as standing:
        left = {record for _, record in await standing.vault.orphans(EVER)}
        assert await standing.vault.open(CITY, [old]) == {}
    assert len(named) > 100
    assert left >= named | {young}


async def test_the_door_is_for_who_may_read_the_folder(data: Path) -> None:
    """`operator.json` is the owner's alone, has another token each time, and goes with the house."""
    file, tokens = data / "operator.json", set()
    for _ in range(2):
        async with at_work(data):
            assert file.stat().st_mode & 0o777 == 0o600
            tokens.add(json.loads(file.read_text())["token"])
        assert not file.exists()
    assert len(tokens) == 2


@pytest.mark.parametrize(
    "said",
    [
        b'{"token": "wrong", "do": "sweep"}', '{"token": "错", "do": "sweep"}'.encode(),
        b'{"token": null, "do": "sweep"}', b'{"do": "sweep"}', b"[]", b"no JSON", b"\xff", b"",
        b"x" * 100_000,
    ],
)  # fmt: skip
async def test_a_wrong_token_gets_nothing(data: Path, said: bytes) -> None:
    """Whoever does not know the token is not answered, not even with a no."""
    async with at_work(data):
        port = json.loads((data / "operator.json").read_text())["port"]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(said + b"\n")
        try:
            assert await asyncio.wait_for(reader.read(), 10) == b""
        except ConnectionResetError:
            pass
        finally:
            writer.close()
        assert {row["view"] for row in await upkeep.views(data)} == VIEWS


async def test_what_a_killed_house_left_is_no_door(data: Path) -> None:
    """A port of a house that was killed leads nowhere: the folder itself is opened."""
    async with at_work(data):
        left = (data / "operator.json").read_text()
    (data / "operator.json").write_text(left)
    assert {row["view"] for row in await upkeep.views(data)} == VIEWS
