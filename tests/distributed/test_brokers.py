"""The servers that the distributed tests stand on: they answer, they keep their word, they leave nothing."""

import asyncio
import os
import re
import secrets
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from pymongo import AsyncMongoClient

from deploy.brokers import asking, building, ports, starting
from deploy.brokers.broker import kafka
from deploy.brokers.ferret import mongo
from deploy.brokers.processes import Child, Unstartable
from tests.rulebook import HOUSE

SECONDS = 60.0
WORDS = [f"{number}".encode() for number in range(20)]
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")


@asynccontextmanager
async def producing(bootstrap: str) -> AsyncIterator[AIOKafkaProducer]:
    """Give a producer whose messages are acknowledged by all copies."""
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, retry_backoff_ms=50
    )
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


async def made_topic(bootstrap: str, copies: int = 1) -> str:
    """Make a topic with one partition."""
    admin, name = AIOKafkaAdminClient(bootstrap_servers=bootstrap), secrets.token_hex(4)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=copies)])
    finally:
        await admin.close()
    return name


async def sent(producer: AIOKafkaProducer, topic: str, words: list[bytes]) -> None:
    """Send, and wait for every acknowledgement."""
    for word in words:
        await asyncio.wait_for(producer.send_and_wait(topic, word), SECONDS)


async def read(bootstrap: str, topic: str, count: int, group: str | None = None) -> list[bytes]:
    """Read a topic from its beginning."""
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=bootstrap, group_id=group, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        async with asyncio.timeout(SECONDS):
            return [(await consumer.getone()).value for _ in range(count)]
    finally:
        await consumer.stop()


async def leader(bootstrap: str, topic: str) -> int:
    """Tell which broker leads the topic's partition."""
    async with producing(bootstrap) as producer:
        await producer.partitions_for(topic)
        return int(producer.client.cluster.leader_for_partition(TopicPartition(topic, 0)))


async def test_a_kafka_answers(kafka_bootstrap: str) -> None:
    """The shared server passes on what a test gives it."""
    topic = await made_topic(kafka_bootstrap)
    async with producing(kafka_bootstrap) as producer:
        await sent(producer, topic, WORDS)
    assert await read(kafka_bootstrap, topic, len(WORDS), group=secrets.token_hex(4)) == WORDS


async def test_a_mongo_answers(mongo_url: str) -> None:
    """The shared server takes what a test gives it."""
    async with AsyncMongoClient[dict[str, int]](mongo_url) as client:
        things = client[secrets.token_hex(4)]["things"]
        await things.insert_one({"_id": 1})
        assert await things.find_one() == {"_id": 1}


async def test_a_killed_mongo_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    """At the same address, killed, and stopped and started anew; in a folder of any name."""
    folder = tmp_path / "数 据?%41"
    async with mongo(folder) as server:
        async with AsyncMongoClient[dict[str, int]](server.url) as client:
            for number in range(20):
                await client.db.things.insert_one({"_id": number})
            await server.kill()
            await server.start()
            assert await client.db.things.count_documents({}) == 20
        before = server.url
    async with mongo(folder) as server, AsyncMongoClient[dict[str, int]](server.url) as client:
        assert server.url == before
        assert await client.db.things.count_documents({}) == 20


async def test_a_group_forms_at_first_contact(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The topic of offsets is there before anybody is let in: no client waits for it or complains."""
    async with kafka(tmp_path / "kafka") as cluster:
        topic = await made_topic(cluster.bootstrap)
        async with producing(cluster.bootstrap) as producer:
            await sent(producer, topic, WORDS)
        assert await read(cluster.bootstrap, topic, len(WORDS), group="first") == WORDS
    assert [each.message for each in caplog.records if each.name.startswith("aiokafka")] == []


async def test_a_killed_kafka_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    """At the same address, killed under a producer that goes on, and stopped and started anew."""
    async with kafka(tmp_path / "kafka") as cluster:
        before, topic = cluster.bootstrap, await made_topic(cluster.bootstrap)
        async with producing(before) as producer:
            await sent(producer, topic, WORDS)
            await cluster.kill(1)
            assert cluster.pids == {}
            await cluster.start(1)
            await sent(producer, topic, WORDS)
    async with kafka(tmp_path / "kafka") as cluster:
        assert cluster.bootstrap == before
        assert await read(before, topic, 2 * len(WORDS)) == [*WORDS, *WORDS]


async def test_a_cluster_of_three_outlives_its_leader(tmp_path: Path) -> None:
    """Of three, two go on without pause for breath; the third comes back and may be needed."""
    async with kafka(tmp_path / "kafka", brokers=3) as cluster:
        topic = await made_topic(cluster.bootstrap, copies=3)
        async with producing(cluster.bootstrap) as producer:
            await sent(producer, topic, WORDS)
            first = await leader(cluster.bootstrap, topic)
            await cluster.kill(first)
            await sent(producer, topic, WORDS)
            assert await leader(cluster.bootstrap, topic) != first
            assert len(cluster.pids) == 2
            await cluster.start(first)
        assert await read(cluster.bootstrap, topic, 2 * len(WORDS)) == [*WORDS, *WORDS]


class Command:
    """`python -m deploy.brokers` on a folder, in a process of its own."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self._command = (sys.executable, "-m", "deploy.brokers", "--data", str(folder))
        self._environment = bare() | environment
        self.said = ""

    async def __aenter__(self) -> Self:
        self.process = await asyncio.create_subprocess_exec(
            *self._command, cwd=HOUSE, env=self._environment, stdout=asyncio.subprocess.PIPE
        )
        assert self.process.stdout is not None
        async with asyncio.timeout(SECONDS):
            while "MONGO_URL=" not in self.said:
                line = await self.process.stdout.readline()
                assert line, "it ended"
                self.said += line.decode()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.communicate()

    async def end(self, by: signal.Signals) -> int:
        """Send it a signal; give its exit code."""
        self.process.send_signal(by)
        return await asyncio.wait_for(self.process.wait(), SECONDS)

    def port(self, name: str) -> int:
        """Give the port of an address that it told."""
        found = re.search(rf"export {name}=\S*127\.0\.0\.1:(\d+)", self.said)
        assert found is not None, self.said
        return int(found[1])


def bare() -> dict[str, str]:
    """Give the environment without what names servers or governs a test run."""
    governs = ("PYTEST_", "COV_", starting.KAFKA, starting.MONGO, "CI")
    return {name: value for name, value in os.environ.items() if not name.startswith(governs)}


async def test_ctrl_c_stops_both_and_leaves_nothing(tmp_path: Path) -> None:
    """What was said is true until Ctrl-C; then the command ends well and both addresses are silent."""
    async with Command(tmp_path) as command:
        kafka_port, mongo_port = command.port(starting.KAFKA), command.port(starting.MONGO)
        assert await asking.brokers(kafka_port) == {1}
        assert await asking.coordinates(kafka_port)
        assert await asking.hello(mongo_port)
        assert await command.end(signal.SIGINT) == 0
    assert await asking.brokers(kafka_port) == set()
    assert not await asking.hello(mongo_port)
    assert ports.kept(tmp_path / "mongo", 1) == [mongo_port]  # free again, and remembered


@LINUX
async def test_a_killed_command_takes_its_servers_along(tmp_path: Path) -> None:
    """Even SIGKILL leaves no server behind; a Kafka that the environment names is only told, not started."""
    async with Command(tmp_path, KAFKA_BOOTSTRAP="kafka.test:9092") as command:
        assert "export KAFKA_BOOTSTRAP=kafka.test:9092\n" in command.said
        assert not (tmp_path / "kafka").exists()
        port = command.port(starting.MONGO)
        assert await asking.hello(port)
        await command.end(signal.SIGKILL)
        async with asyncio.timeout(SECONDS):
            while await asking.hello(port):
                await asyncio.sleep(0.02)


async def test_the_environment_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is named is used as it is; nothing is started or made for it."""
    monkeypatch.setenv(starting.KAFKA, "a.test:9092,b.test:9092")
    monkeypatch.setenv(starting.MONGO, "mongodb://c.test/?replicaSet=rs0")
    async with starting.bootstrap(tmp_path / "k") as bootstrap, starting.url(tmp_path / "m") as url:
        assert (bootstrap, url) == ("a.test:9092,b.test:9092", "mongodb://c.test/?replicaSet=rs0")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("ci", "code", "word"), [("", 0, "1 skipped"), ("true", 1, "1 error")])
async def test_without_java_the_lane_is_skipped_loudly_and_fails_in_ci(
    tmp_path: Path, ci: str, code: int, word: str
) -> None:
    """The end of the run says so, though another process met it; CI takes no excuse."""
    (tmp_path / "conftest.py").write_text(
        "from tests.distributed.brokers import kafka_bootstrap, pytest_terminal_summary\n"
    )
    (tmp_path / "test_it.py").write_text("async def test_it(kafka_bootstrap):\n    pass\n")
    run = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "pytest", "-c", "pyproject.toml", "-p", "no:cacheprovider", "-n", "1", tmp_path,
        cwd=HOUSE, env=bare() | {"PATH": str(tmp_path), "CI": ci}, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    said = (await run.communicate())[0].decode()
    assert run.returncode == code, said
    assert word in said
    assert "there is no `" in said
    assert ("THE DISTRIBUTED LANE WAS SKIPPED: 1 test" in said) is (ci != "true")


async def test_what_is_missing_is_named(tmp_path: Path) -> None:
    """A machine without Java hears what to install, in one sentence, before anything is fetched."""
    run = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "deploy.brokers", "--build",
        cwd=HOUSE, env=bare() | {"PATH": str(tmp_path)}, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, said = await run.communicate()
    assert run.returncode == 1
    assert said.startswith(b"brokers: there is no `java` on the PATH; needed is Java 17")
    assert b"Traceback" not in said


async def test_what_is_wanted_twice_is_made_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever comes second waits for the first; a failure leaves nothing that looks like a success."""
    monkeypatch.setattr(building, "BUILT", tmp_path / "built")
    with pytest.raises(Unstartable, match="did not succeed"):
        await building.made("thing", ("pom.xml",), ("ls",), "{}/nothing")
    both = (building.made("thing", ("pom.xml",), ("touch",), "{}/made") for _ in range(2))
    one, other = await asyncio.gather(*both)
    assert one == other
    assert (one / "made").exists()
    assert capsys.readouterr().err.count("thing for the brokers") == 2  # the failure and the one success
    changed = await building.made("thing", ("go.sum",), ("touch",), "{}/made")
    assert changed != one


async def test_a_taken_port_and_another_cluster_are_told(tmp_path: Path) -> None:
    """A folder keeps its addresses; what stands in the way is a sentence, not a timeout."""
    (port,) = ports.kept(tmp_path, 1)
    assert ports.kept(tmp_path, 1) == [port]
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", port)
    async with server:
        with pytest.raises(Unstartable, match=f"127.0.0.1:{port} of .* is taken"):
            ports.kept(tmp_path, 1)
    with pytest.raises(Unstartable, match="was made with 1 ports, not 6"):
        ports.kept(tmp_path, 6)


async def test_a_server_that_ends_is_told_with_its_last_words(tmp_path: Path) -> None:
    """Whoever waits for it hears why, at once."""
    command = (sys.executable, "-c", "raise SystemExit('last words')")
    child = Child("it", tmp_path, tmp_path / "log", command)
    with pytest.raises(Unstartable, match=r"(?s)it ended:.*last words"):
        await child.start(lambda: asyncio.sleep(0, result=False))
    assert child.pid is None
