"""A congress carried from an embedded house into a distributed one, and on into a third."""

import asyncio
import base64
import secrets
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from deploy import cli, moving, upkeep
from deploy.archive import transport
from deploy.backing import Backing, Stores
from deploy.carrier import Carrier
from deploy.carrying import DistributedCarrier
from deploy.embedded import House, house
from deploy.folder import Folder
from events.journal.moving import KeyRow, LedgerClosed
from events.journal.port import Head
from events.vault.port import Opened
from tests.distributed.houses import dropped
from tests.events.world import proposed

CITY, DISTRICT = "630200", "630202"
LEDGER = f"suggestions/{CITY}"
MASTER = b"m" * 32
KDF, SALT, KEY = transport("hkdf", b"s" * 32)


class Held(NamedTuple):
    """All that a house has of a congress."""

    heads: Mapping[str, Head]
    entries: Mapping[str, Sequence[bytes]]
    keys: Mapping[str, Sequence[KeyRow]]
    words: Mapping[str, Opened]
    secret: bytes


async def held(carrier: Carrier, congress: str) -> Held:
    """Look at everything, the words too."""
    journal, vault = carrier.journal, carrier.vault
    heads = {name: head for name, head in (await journal.heads()).items() if name.endswith(f"/{congress}")}
    records = [each.record for each in await vault.records(congress, "", 10_000)]
    return Held(
        heads,
        {ledger: await journal.fetch(ledger, 0, head.sequence) for ledger, head in heads.items()},
        {ledger: await journal.key_rows(ledger) for ledger in heads},
        await vault.open(congress, records),
        await vault.secret(congress),
    )


@pytest.fixture
def settings(mongo_url: str) -> Mapping[str, str]:
    """Give the environment of a distributed house of the test's own."""
    return {
        "MONGO_URL": mongo_url, "MANDATE_MONGO_STANDALONE": "true", "MANDATE_HOUSE": secrets.token_hex(6),
        "KAFKA_BOOTSTRAP": "not.asked:9092", "MANDATE_SERVICES": "{}",
        "MANDATE_MASTER_KEY": base64.b64encode(MASTER).decode(),
    }  # fmt: skip


@pytest.fixture
async def stores(settings: Mapping[str, str]) -> AsyncIterator[Stores]:
    """Give its stores; its databases are dropped afterwards."""
    backing = Backing.model_validate({
        **settings, "mongo_standalone": True, "house": settings["MANDATE_HOUSE"], "services": {},
    })  # fmt: skip
    async with AsyncExitStack() as closing:
        stores = await Stores.open(closing, backing, MASTER)
        yield stores
        await dropped(stores)


@asynccontextmanager
async def at_work(data: Path) -> AsyncIterator[House]:
    """Run an embedded house that has nothing left to do."""
    folder = Folder.open(data, "haidong")
    try:
        async with house(folder) as standing:
            await standing.settled()
            yield standing
    finally:
        folder.close()


@pytest.fixture
def data(haidong_folder: Path, tmp_path: Path) -> Path:
    """Give a copy of the loaded example."""
    return Path(shutil.copytree(haidong_folder, tmp_path / "data"))


@pytest.fixture
def third(data: Path, tmp_path: Path) -> Path:
    """Give a third house's folder, with nothing in it and the same day."""
    first, other = Folder.open(data), Folder.open(tmp_path / "third", "haidong")
    other.keep_offset(first.offset)
    for folder in (first, other):
        folder.close()
    return tmp_path / "third"


async def carried(here: Carrier, there: Carrier, congress: str, file: Path) -> None:
    """Close a congress here and go on with it there."""
    asked = {
        "congress": congress, "file": str(file), "close": True, "personal": True,
        "transport": [KDF, SALT, KEY.hex()],
    }  # fmt: skip
    told = await moving.export_of(here, asked, upkeep.quiet)
    assert await moving.import_of(there, {"file": str(file), "key": KEY.hex()}, upkeep.quiet) == told


def the_same(found: Held, before: Held) -> None:
    """See that all has come; of keys only those may be more that reactions have by their entries."""
    assert found._replace(keys={}) == before._replace(keys={})
    for ledger, rows in before.keys.items():
        added = {*found.keys[ledger]} - {*rows}
        assert {*rows} <= {*found.keys[ledger]}
        assert all(row.scope.startswith("reaction/") for row in added)


async def test_there_and_back_all_is_the_same(data: Path, third: Path, stores: Stores) -> None:
    """Heads, entries, keys, words and secrets of two congresses, in three houses of two kinds."""
    middle = await DistributedCarrier.open(stores)
    before = {}
    async with at_work(data) as here:
        for congress in (CITY, DISTRICT):
            before[congress] = await held(here, congress)
            await carried(here, middle, congress, data / f"{congress}.out")
    assert all(len(each.words) > 5 for each in before.values())
    assert (await middle.journal.marks(), len(await middle.journal.heads())) == ({}, 8)
    between = {congress: await held(middle, congress) for congress in before}
    for congress, found in between.items():
        the_same(found, before[congress])
    relayed = middle.journal.of(LEDGER).outbox
    assert await relayed.waiting() == await relayed.behind() == {LEDGER: 0, f"suggestions/{DISTRICT}": 0}
    async with at_work(third) as there:
        for congress in before:
            await carried(middle, there, congress, data / f"{congress}.back")
        await there.settled()
        assert {congress: await held(there, congress) for congress in before} == between
    process = await stores.journal("suggestions")
    with pytest.raises(LedgerClosed) as closed:
        await process.append(LEDGER, [proposed("suggestion/new")], {})
    assert (closed.value.why, closed.value.head) == ("moved", before[CITY].heads[LEDGER])


async def test_by_command_a_copy_is_only_read(
    data: Path, stores: Stores, settings: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--distributed` finds the house by its environment; a process of it refuses what is new."""
    file, back = data / "copy.mandate", data / "back.mandate"
    told = await upkeep.asked(
        data, do="export", congress=CITY, file=str(file), close=False, personal=False, transport=None
    )
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    async def commanded(*words: str) -> str:
        result = await asyncio.to_thread(CliRunner().invoke, cli.app, [*words, "--distributed"])
        if result.exception:
            raise result.exception
        return result.output

    process = await stores.journal("suggestions")
    for _ in range(2):
        said = await commanded("import", str(file))
        assert all(
            f"{ledger}/{head['sequence']} {head['hash']}" in said for ledger, head in told["ledgers"].items()
        )
        with pytest.raises(LedgerClosed) as closed:
            await process.append(LEDGER, [proposed("suggestion/new")], {})
        assert (closed.value.why, closed.value.head) == ("copied", Head(**told["ledgers"][LEDGER]))
    (data / "key").write_text(base64.b64encode(b"k" * 32).decode())
    with pytest.raises(moving.Refused, match="is a copy here"):
        await commanded("export", CITY, "--to", str(back), "--close", "--key-file", str(data / "key"))
    assert f"{stores.identity.name}: a copy" in await commanded("export", CITY, "--to", str(back))
