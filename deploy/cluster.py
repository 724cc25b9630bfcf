"""`mandate together`: brokers, every part of the house as a process of its own, and the example.

The distributed house on one machine without Docker. The example is entered into an embedded house,
through the front door as always, and carried over: closed there, going on here.
"""

import asyncio
import base64
import contextlib
import secrets
import signal
import tempfile
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from rich.console import Console

from deploy import moving
from deploy.archive import transport
from deploy.backing import Backing, Stores
from deploy.brokers.starting import bootstrap, url
from deploy.carrier import Carrier
from deploy.carrying import DistributedCarrier
from deploy.composed import KAFKA, MONGO, Composed, composed
from deploy.embedded import House, house
from deploy.examples import loading
from deploy.examples.script import logins, read
from deploy.folder import KEY_BYTES, Folder
from deploy.services import SERVICES
from deploy.serving import EXAMPLES, load_example
from deploy.upkeep import quiet
from services.chassis.reacting import Reacting

STANDALONE = {"MANDATE_MONGO_STANDALONE": "true"}


async def together(folder: Path, port: int, example: str | None, out: Console) -> None:
    """Run everything until told to stop; what ends by itself is started again.

    Raises:
        Unstartable: when a broker or a part cannot be started.

    """
    if (task := asyncio.current_task()) is not None:
        for each in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(each, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        async with (
            url(folder / "brokers" / "mongo") as mongo,
            _broker(folder, mongo, example, out) as kafka,
            clustered(folder, mongo, kafka, example, port=port, out=out) as standing,
            asyncio.TaskGroup() as tasks,
        ):
            tasks.create_task(standing.watch())
            await standing.settled()
            _announce(standing, folder, example, out)


@contextlib.asynccontextmanager
async def _broker(folder: Path, mongo: str, example: str | None, out: Console) -> AsyncIterator[str]:
    """Start the broker while the example is entered: neither needs the other."""
    async with contextlib.AsyncExitStack() as closing:
        async with asyncio.TaskGroup() as both:
            broker = bootstrap(folder / "brokers" / "kafka")
            starting = both.create_task(closing.enter_async_context(broker))
            if example is not None:
                reached, master = backing(mongo, "", STANDALONE), _secret(folder / "parts", "master_key")
                both.create_task(_entered(folder, example, reached, master, out))
        yield starting.result()


@contextlib.asynccontextmanager
async def clustered(  # noqa: PLR0913 - where everything is, and what differs
    folder: Path, mongo: str, kafka: str, example: str | None = None, *, port: int = 0,
    settings: Mapping[str, str] | None = None, out: Console,
) -> AsyncIterator[Composed]:  # fmt: skip
    """Run every part on stores and a broker that stand; an example is carried over first, once."""
    parts = folder / "parts"
    master, told = _secret(parts, "master_key"), {**STANDALONE, **(settings or {})}
    if example is not None:
        await _entered(folder, example, backing(mongo, kafka, told), master, out)
    _secret(parts, "operator_password")
    async with composed(parts, {MONGO: mongo, KAFKA: kafka}, told, port) as standing:
        yield standing


def backing(mongo: str, kafka: str, settings: Mapping[str, str]) -> Backing:
    """Give the settings of whoever opens the stores himself."""
    named = {key.removeprefix("MANDATE_").lower(): value for key, value in settings.items()}
    return Backing.model_validate({"MONGO_URL": mongo, "KAFKA_BOOTSTRAP": kafka, "services": {}, **named})


def _secret(parts: Path, name: str) -> bytes:
    """Keep a secret of 32 bytes for this folder, where the parts look for it."""
    file = parts / "secrets" / name
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode())
    return base64.b64decode(file.read_text())


async def _entered(folder: Path, example: str, reached: Backing, master: bytes, out: Console) -> None:
    """Carry the example over once: its congresses, its accounts, its time."""
    async with contextlib.AsyncExitStack() as closing:
        stores = await Stores.open(closing, reached, master)
        if stores.identity.example is not None:
            return
        source = Folder.open(folder / "example", example)
        closing.callback(source.close)
        standing = await closing.enter_async_context(house(source))
        await load_example(standing, out)
        await standing.settled()
        people = logins(read(EXAMPLES / example))
        carrier, accounts = await DistributedCarrier.open(stores), await stores.accounts()
        room = Path(closing.enter_context(tempfile.TemporaryDirectory(dir=folder)))
        # The city, which is large, comes last: FerretDB looks through all that is there at each question.
        for congress in sorted({each["congress"] for each in people.values()}, reverse=True):
            await _carried(standing, carrier, congress, room / f"{congress}.zip")
        await _reacted(standing, stores)
        for login in people:
            if (account := await standing.accounts.get(login)) is not None:
                await accounts.add(account)
        await stores.note_example(example, source.offset)


async def _reacted(standing: House, stores: Stores) -> None:
    """Let reactions go on where they stood: what they have done stands in the ledgers carried over."""
    for service in SERVICES:
        shelf = await stores.shelf(service.name)
        for place in map(Reacting.place, service.reactions):
            await shelf.declare(place)
            for ledger, mark in (await standing.ports.shelf.marks(place)).items():
                source, congress = ledger.split("/")
                await shelf.put(congress, place, source, {}, mark)


async def _carried(standing: Carrier, carrier: Carrier, congress: str, file: Path) -> None:
    """Close a congress in one house and go on with it in the other."""
    kdf, salt, key = transport("hkdf", secrets.token_bytes(KEY_BYTES))
    asked: Mapping[str, object] = {
        "congress": congress, "file": str(file), "close": True, "personal": True,
        "transport": [kdf, salt, key.hex()],
    }  # fmt: skip
    await moving.export_of(standing, asked, quiet)
    await moving.import_of(carrier, {"file": str(file), "key": key.hex()}, quiet)


def _announce(standing: Composed, folder: Path, example: str | None, out: Console) -> None:
    out.print(f"\n履职 Mandate  [bold]{standing.url}/[/bold]   (Ctrl-C 停止)")
    out.print(f"  {len(standing.parts)} 个进程 processes; logs in {standing.folder}", highlight=False)
    out.print(
        f"  运维 operator  {standing.url}/operator  (operator, {standing.folder}/secrets/operator_password)",
        highlight=False,
    )
    if example is not None:
        for line in loading.sign_ins(EXAMPLES / example, folder / "example"):
            out.print(f"  {line}", highlight=False)
