"""docker-compose.yml without Docker: the same commands as processes, host names become loopback.

What is run is what the file says: each of our services' commands with its environment. Kafka and
MongoDB are reached where the caller says, secrets are files of the caller's folder.
"""

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import structlog
import yaml

from deploy.brokers import ports as addresses
from deploy.brokers.processes import Child, Unstartable
from deploy.services import BY_NAME
from deploy.sockets import healthy, told

KAFKA, MONGO = "kafka:9092", "mongodb://mongo:27017/?replicaSet=house"
"""Where the file says that the broker and the stores are."""
COMPOSE = Path(__file__).parent.parent / "docker-compose.yml"
IMAGE = "mandate:"
SECRETS = "/run/secrets/"
OURS = ("MANDATE_", "MONGO_", "KAFKA_")
RESTART_SECONDS = 1.0
FOLLOWING = ("project", "react")
LOOKS, LOOK_SECONDS = 2, 0.1
PATIENCE_SECONDS = 30.0
"""All parts share this machine: under load one that measures its lag is slow to say so."""
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Part:
    """One of our services in the file: its name there, its command, its environment, its secrets."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    secrets: Sequence[str]


def parts(compose: Path = COMPOSE) -> Sequence[Part]:
    """Give the services of the file that run our image, in its order."""
    told: Mapping[str, Any] = yaml.safe_load(compose.read_text("utf-8"))["services"]
    return [
        Part(name, tuple(each["command"]), each["environment"], tuple(each["secrets"]))
        for name, each in told.items()
        if each["image"].startswith(IMAGE)
    ]


class Composed:
    """The parts as processes of this machine; each may be killed and started again."""

    def __init__(
        self, folder: Path, hosts: Mapping[str, str], settings: Mapping[str, str], port: int = 0
    ) -> None:
        """Take a folder for logs and secrets, where other hosts are, settings on top, the gateway's port.

        `hosts` maps `kafka:9092` or a whole URL to what is used instead; our own are added.
        """
        self.folder, self.parts = folder, {each.name: each for each in parts()}
        self.ports = dict(zip(self.parts, addresses.kept(folder, len(self.parts)), strict=True))
        self.ports["gateway"] = port or self.ports["gateway"]
        own = {f"{name}:{self._told_port(name)}": f"127.0.0.1:{port}" for name, port in self.ports.items()}
        self._hosts, self._settings = {**own, **hosts}, dict(settings)
        self._children = {name: self._child(each) for name, each in self.parts.items()}

    @property
    def url(self) -> str:
        """Where people and programs come in."""
        return f"http://127.0.0.1:{self.ports['gateway']}"

    @property
    def services(self) -> dict[str, str]:
        """Give where each service answers."""
        return {name: f"http://127.0.0.1:{self.ports[name]}" for name in BY_NAME}

    async def start(self, *names: str) -> None:
        """Start parts side by side, and wait until they are ready; by default all, whoever follows last.

        Who follows finds then what is published with the broker, and need not ask its owner.

        Raises:
            Unstartable: when one ends or is not ready in time.

        """
        follow = [name for name, each in self.parts.items() if each.command[0] in FOLLOWING]
        for wave in [names] if names else [self.parts.keys() - {*follow}, follow]:
            async with asyncio.TaskGroup() as starting:
                for name in wave:
                    starting.create_task(self._children[name].start(partial(self.ready, name)))

    async def kill(self, name: str) -> None:
        """End one with SIGKILL."""
        await self._children[name].kill()

    async def stop(self, *names: str) -> None:
        """Let parts finish, by default all: first who takes requests, last who passes them on."""
        for name in names or reversed(list(self.parts)):
            await self._children[name].stop()

    async def watch(self) -> None:
        """Start again, for ever, what ended by itself."""
        while True:
            await asyncio.sleep(RESTART_SECONDS)
            for name, child in self._children.items():
                if child.pid is None:
                    log.warning("a part ended and is started again", part=name)
                    try:
                        await self.start(name)
                    except* Unstartable as error:
                        log.warning("it does not start", part=name, error=str(error.exceptions[0]))

    async def settled(self) -> None:
        """Wait until, at two looks in a row, every entry is relayed, folded and reacted to."""
        level = 0
        while level < LOOKS:
            if await self._level():
                level += 1
            else:
                level = 0
                await asyncio.sleep(LOOK_SECONDS)

    async def _level(self) -> bool:
        ports = [self.ports[name] for name in ("relay", "projector", "reactor")]
        for said in await asyncio.gather(
            *(asyncio.to_thread(told, each, PATIENCE_SECONDS) for each in ports)
        ):
            if said is None or any((*said.get("lag", {}).values(), *said.get("backlog", {}).values())):
                return False
        return True

    async def ready(self, name: str) -> bool:
        """Ask whether a part may be sent work."""
        return await asyncio.to_thread(healthy, self.ports[name], PATIENCE_SECONDS)

    def environment(self, name: str) -> dict[str, str]:
        """Give the environment of one part on this machine."""
        told = {**self.parts[name].environment, **self._settings}
        here = {key: self._here(value) for key, value in told.items()}
        kept = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
        return {**kept, **here, "PORT": str(self.ports[name]), "MANDATE_HOST": "127.0.0.1"}

    def _here(self, value: str) -> str:
        for host, here in self._hosts.items():
            value = value.replace(host, here)
        return value.replace(SECRETS, f"{self.folder / 'secrets'}/")

    def _told_port(self, name: str) -> str:
        return self.parts[name].environment["PORT"]

    def _child(self, part: Part) -> Child:
        command = (str(Path(sys.executable).with_name("mandate")), *part.command)
        log = self.folder / f"{part.name}.log"
        return Child(part.name, COMPOSE.parent, log, command, self.environment(part.name))


@contextlib.asynccontextmanager
async def composed(
    folder: Path, hosts: Mapping[str, str], settings: Mapping[str, str], port: int = 0
) -> AsyncIterator[Composed]:
    """Run all parts; they are stopped at the end."""
    house = Composed(folder, hosts, settings, port)
    try:
        await house.start()
        yield house
    finally:
        await house.stop()
