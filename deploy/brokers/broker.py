"""A Kafka: one broker, or a cluster of three, each a process that is broker and controller at once."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.brokers import asking, building, ports
from deploy.brokers.processes import Child, Unstartable

HEAP = {1: "512m", 3: "384m"}
QUICK = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
"""A small heap and a short life: what costs memory or start time for speed later is left out."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a cluster is before it runs: its folder, its jars, and two ports per broker."""

    folder: Path
    jars: Path
    ports: Sequence[int]

    @property
    def nodes(self) -> range:
        """The brokers' numbers, from 1."""
        return range(1, len(self.ports) // 2 + 1)

    def client(self, node: int) -> int:
        """Give the port at which clients find a broker."""
        return self.ports[2 * node - 2]

    def controller(self, node: int) -> int:
        """Give the port at which the other controllers find this one."""
        return self.ports[2 * node - 1]

    def room(self, node: int) -> Path:
        """Give the folder of one broker: its properties, its log, its data."""
        return self.folder / str(node)

    def properties(self, node: int) -> str:
        """Write a broker's configuration."""
        return (building.RECIPES / "server.properties").read_text().format(
            node=node,
            client=self.client(node),
            controller=self.controller(node),
            voters=",".join(f"{each}@127.0.0.1:{self.controller(each)}" for each in self.nodes),
            copies=len(self.nodes),
            in_sync=min(len(self.nodes), 2),
        )  # fmt: skip

    def java(self, main: str, *arguments: str) -> tuple[str, ...]:
        """Give the command line that runs a class of Kafka's."""
        return (
            building.tool("java"), f"-Xmx{HEAP[len(self.nodes)]}", *QUICK,
            f"-Dlog4j2.configurationFile={building.RECIPES / 'log4j2.properties'}",
            "-cp", f"{self.jars}/*", main, *arguments,
        )  # fmt: skip


class Cluster:
    """Brokers with fixed addresses and the same data however often each is killed and started."""

    def __init__(self, plan: Plan) -> None:
        """Take the plan; nothing runs yet."""
        self._plan = plan
        command = plan.java("kafka.Kafka", "server.properties")
        self._children = {
            node: Child(f"kafka {node}", plan.room(node), plan.room(node) / "kafka.log", command)
            for node in plan.nodes
        }

    @property
    def bootstrap(self) -> str:
        """Where clients find the cluster: HOST:PORT of each broker, between commas."""
        return ",".join(f"127.0.0.1:{self._plan.client(node)}" for node in self._plan.nodes)

    @property
    def pids(self) -> dict[int, int]:
        """The process id of each broker that runs, by its number."""
        return {node: child.pid for node, child in self._children.items() if child.pid is not None}

    async def open(self) -> None:
        """Prepare what is new, start every broker, and wait until all know all and groups can form.

        Raises:
            Unstartable: when that does not come about.

        """
        await asyncio.gather(*(self._prepare(node, self._id()) for node in self._plan.nodes))
        await asyncio.gather(*(self._start(node, set(self._plan.nodes)) for node in self._plan.nodes))

    def _id(self) -> str:
        """Give the cluster's id, 16 bytes in base64, made the first time."""
        file = self._plan.folder / "cluster.id"
        if not file.exists():
            file.write_text("M" + secrets.token_urlsafe(16)[1:])  # one that begins with - would be an option
        return file.read_text()

    async def _prepare(self, node: int, cluster: str) -> None:
        room = self._plan.room(node)
        room.mkdir(exist_ok=True)
        (room / "server.properties").write_text(self._plan.properties(node))
        if not (room / "data" / "meta.properties").exists():
            format_ = ("format", "-t", cluster, "-c", "server.properties")
            await building.run(*self._plan.java("kafka.tools.StorageTool", *format_), folder=room)

    async def start(self, node: int) -> None:
        """Start a broker and wait until it takes part; a majority of the others must be there.

        Raises:
            Unstartable: when it does not.

        """
        await self._start(node, {node})

    async def _start(self, node: int, known: set[int]) -> None:
        port = self._plan.client(node)

        async def takes_part() -> bool:
            return await asking.brokers(port) >= known and await asking.coordinates(port)

        await self._children[node].start(takes_part)

    async def kill(self, node: int) -> None:
        """End a broker with SIGKILL."""
        await self._children[node].kill()

    async def close(self) -> None:
        """End all brokers, in peace where they can."""
        await asyncio.gather(*(child.stop() for child in self._children.values()))


@contextlib.asynccontextmanager
async def kafka(folder: Path, brokers: int = 1) -> AsyncIterator[Cluster]:
    """Run one broker or three on a folder, made when it is missing, at the addresses it remembers.

    Raises:
        Unstartable: when they cannot be built or started.

    """
    if brokers not in HEAP:
        raise Unstartable(f"a cluster has 1 broker or 3, not {brokers}")
    plan = Plan(folder, await building.jars(), ports.kept(folder, 2 * brokers))
    cluster = Cluster(plan)
    try:
        await cluster.open()
        yield cluster
    finally:
        await cluster.close()
