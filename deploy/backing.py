"""What a distributed house stands on: its settings, its identity, its stores, opened once a process."""

import datetime as dt
import os
import secrets
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol, TypeVar

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from deploy.folder import NO_KEY, NoMasterKey, NotBacked, given_master
from deploy.fronting import caller_tokens, drawn
from deploy.heartbeats import Heartbeats
from deploy.ledgers import Ledgers
from events.catalogue.registry import BY_SERVICE
from events.drivers.motor import Database, connect
from events.drivers.settling import upsert
from events.journal.mongo import MongoJournal
from events.notary.mongo import MongoNotes
from events.vault.mongo import MongoVault
from gateway.accounts.mongo import MongoAccounts
from services.chassis.clock import OffsetClock
from services.chassis.settings import Settings
from services.chassis.shelf.mongo import MongoShelf
from services.chassis.web.tokens import Caller

HOUSE = Caller("house", "house")


class Backing(BaseSettings):
    """The settings of one process of a distributed house.

    `services` gives the address of each service as JSON; `house` begins the name of every
    database and topic. A lone MongoDB server is only accepted where `mongo_standalone` says so.
    The operator's password is given itself or by a file; without one there is no page for him.
    """

    model_config = SettingsConfigDict(env_prefix="MANDATE_", frozen=True, extra="ignore")

    mongo_url: SecretStr = Field(validation_alias="MONGO_URL")
    mongo_driver: Literal["motor", "pymongo"] = Field("motor", validation_alias="MONGO_DRIVER")
    mongo_standalone: bool = False
    kafka_bootstrap: str = Field(validation_alias="KAFKA_BOOTSTRAP")
    services: dict[str, str]
    house: str = "mandate"
    host: str = "127.0.0.1"
    relay_poll_seconds: float = 0.1
    operator_password: SecretStr | None = None
    operator_password_file: Path | None = None

    def known_to_operators(self) -> str | None:
        """Give the operator's password, if there is one.

        Raises:
            NotBacked: when its file cannot be read.

        """
        if self.operator_password is not None:
            return self.operator_password.get_secret_value()
        if self.operator_password_file is None:
            return None
        try:
            return self.operator_password_file.read_text("utf-8").strip()
        except OSError as error:
            raise NotBacked("the file of the operator's password cannot be read") from error


@dataclass(frozen=True, slots=True)
class Identity:
    """Which house it is; `example` and `offset` are set in an example only."""

    name: str
    created: str
    example: str | None
    offset: dt.timedelta
    master: bytes = field(repr=False)


class _Closed(Protocol):
    async def close(self) -> None: ...


Port = TypeVar("Port", bound=_Closed)


class Stores:
    """The stores of the house, each opened when asked for and closed with the others."""

    def __init__(self, backing: Backing, closing: AsyncExitStack) -> None:
        """Take the settings and what closes everything later; `open` reads who the house is."""
        self.backing, self.owner = backing, f"{os.uname().nodename}/{os.getpid()}/{secrets.token_hex(4)}"
        self.identity: Identity
        self.heartbeats: Heartbeats
        self.clock = OffsetClock(file=Settings().test_clock)
        self._closing = closing

    @classmethod
    async def open(
        cls, closing: AsyncExitStack, backing: Backing | None = None, master: bytes | None = None
    ) -> "Stores":
        """Reach the house that the environment names, or the settings given; found it at its first start.

        Raises:
            NotBacked: when a setting is missing or wrong.
            NoMasterKey: when the environment gives no master key.

        """
        try:
            stores = cls(backing or Backing(), closing)
        except ValidationError as error:
            wrong = ", ".join(".".join(map(str, each["loc"])) for each in error.errors())
            raise NotBacked(f"a distributed house needs these settings put right: {wrong}") from None
        except SettingsError as error:  # its cause would show the value
            raise NotBacked(f"a distributed house needs a setting put right: {error}") from None
        house = await stores.kept(stores.database("house"))
        stores.identity = await _identity(house, master or given_master())
        stores.heartbeats = Heartbeats(house.collection("process"))
        stores.clock.offset = stores.identity.offset
        return stores

    async def note_example(self, name: str, offset: dt.timedelta) -> None:
        """Make this house an example, whose clock is away from the machine's; it shows at the next start."""
        houses = (await self.kept(self.database("house"))).collection("house")
        told = {"example": name, "offset_microseconds": offset // dt.timedelta(microseconds=1)}
        await upsert(houses, "house", {"$set": told})

    async def database(self, name: str) -> Database:
        """Reach one of the house's databases; whoever opens an adapter on it closes it with that."""
        backing = self.backing
        return await connect(
            backing.mongo_url.get_secret_value(), f"{backing.house}_{name}",
            driver=backing.mongo_driver, standalone=backing.mongo_standalone,
        )  # fmt: skip

    async def journal(self, service: str) -> MongoJournal:
        """Open the journal of a service."""
        return await self.kept(MongoJournal.open(await self.database(f"journal_{service}"), self.clock.now))

    async def vault(self) -> MongoVault:
        """Open the vault; the keys lie apart."""
        records, keys = await self.database("vault"), await self.database("keys")
        chance = drawn(Settings().test_seed)
        return await self.kept(MongoVault.unlock(records, keys, self.identity.master, self.clock.now, chance))

    async def shelf(self, service: str) -> MongoShelf:
        """Open the shelf of a service."""
        return await self.kept(MongoShelf.open(await self.database(f"shelf_{service}")))

    async def accounts(self) -> MongoAccounts:
        """Open the accounts, which all gateways share."""
        return await self.kept(MongoAccounts.open(await self.database("accounts")))

    async def notes(self) -> MongoNotes:
        """Open what was signed."""
        return await self.kept(MongoNotes.open(await self.database("notes")))

    async def forget(self, congress: str, person: str) -> None:
        """Remove a person's accounts: so seldom that the store is opened for it."""
        accounts = await MongoAccounts.open(await self.database("accounts"))
        try:
            await accounts.forget(congress, person)
        finally:
            await accounts.close()

    async def ledgers(self) -> Ledgers:
        """Reach the ledgers of the services where they are published."""
        tokens = caller_tokens(self.identity.master)
        owners = {name: url for name, url in self.backing.services.items() if name in BY_SERVICE}

        def token(service: str, congress: str) -> str:
            return tokens.mint(HOUSE, congress, service)

        return await self.kept(_at_once(Ledgers(owners, token)))

    async def kept(self, opening: Awaitable[Port]) -> Port:
        """Give what was opened, and close it with the others."""
        port = await opening
        self._closing.push_async_callback(port.close)
        return port


async def _at_once(port: Port) -> Port:
    return port


async def _identity(database: Database, master: bytes | None) -> Identity:
    if master is None:
        raise NoMasterKey(NO_KEY)
    houses = database.collection("house")
    fresh = {"name": f"house-{secrets.token_hex(4)}", "created": dt.datetime.now(dt.UTC).isoformat()}
    await upsert(houses, "house", {"$setOnInsert": fresh})
    told = await houses.find_one({"_id": "house"}) or {}
    offset = dt.timedelta(microseconds=told.get("offset_microseconds", 0) if told.get("example") else 0)
    return Identity(told["name"], told["created"], told.get("example"), offset, master)
