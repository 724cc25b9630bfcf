"""What others are told of the topics is what the house publishes on them."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsonschema_rs
import pytest
import yaml

from deploy import published
from events.bus.kafka import topics
from events.bus.kafka.bus import KafkaBus
from events.bus.kafka.publisher import KafkaPublisher
from events.bus.records import headers
from events.catalogue.envelope import Entry
from events.catalogue.frozen import stored
from events.catalogue.registry import BY_SERVICE, CATALOGUE
from tests.events import golden_entries

GOLDEN = sorted((Path(golden_entries.__file__).parent / "golden").glob("*.json"))
DOCUMENT: dict[str, Any] = json.loads(published.asyncapi())
TOPICS: dict[str, Any] = yaml.safe_load(published.topics())["topics"]


def schema(wire: str, part: str = "payload") -> dict[str, Any]:
    """Give a part of a message as a schema that stands alone."""
    found: dict[str, Any] = DOCUMENT["components"]["messages"][wire][part]
    return {**found, "components": DOCUMENT["components"]}


def references(node: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Give every reference in a document."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        if key == "$ref":
            yield value
        elif isinstance(value, dict | list):
            yield from references(value)


@pytest.mark.parametrize(
    ("file", "text"), [(published.TOPICS, published.topics()), (published.ASYNCAPI, published.asyncapi())],
    ids=["topics", "asyncapi"],
)  # fmt: skip
def test_it_is_made_of_the_catalogue(file: Path, text: str) -> None:
    """Nothing is stale: `python -m deploy.published` after every change of the catalogue."""
    assert file.read_text("utf-8") == text


def test_a_topic_for_each_service_that_publishes() -> None:
    """Named and made as the relay names and makes them."""
    addresses = {each["address"] for each in DOCUMENT["channels"].values()}
    assert set(TOPICS) == addresses == {f"mandate.{service}" for service in BY_SERVICE}
    for made in (KafkaPublisher("")._topics, KafkaBus("", None)._topics):  # type: ignore[arg-type]  # noqa: SLF001
        assert {made.name(service) for service in BY_SERVICE} == set(TOPICS)
        for topic in TOPICS.values():
            settings = (made._partitions, made._replication)  # noqa: SLF001
            assert (topic["partitions"], topic["replication"]) == settings
    assert {each["config"]["cleanup.policy"] for each in TOPICS.values()} == {"delete"}


def test_every_version_ever_frozen_is_a_message_of_its_topic() -> None:
    """What was published once may come again; it stands on the topic of its own service."""
    told = {name: set(each["messages"]) for name, each in DOCUMENT["channels"].items()}
    assert set().union(*told.values()) == set(DOCUMENT["components"]["messages"]) == set(stored())
    assert sum(len(each) for each in told.values()) == len(stored())
    for service, events in BY_SERVICE.items():
        assert events.keys() <= told[service]


def test_an_old_version_stands_with_its_successor(monkeypatch: pytest.MonkeyPatch) -> None:
    """A version that was lifted away is published by whoever publishes the current one."""
    monkeypatch.setattr(published, "STEPS", {"opinion.heard.v1": ("opinion.received.v1", dict)})
    assert published.publisher("opinion.heard.v1") == "liaison"


def test_every_reference_leads_somewhere() -> None:
    """No definition was left behind in its own file."""
    for reference in set(references(DOCUMENT)):
        node: Any = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]


@pytest.mark.parametrize("file", GOLDEN, ids=lambda each: each.stem)
def test_a_golden_entry_is_what_its_message_says(file: Path) -> None:
    """Bytes as they go out, with their headers, fit the message of their type and no other."""
    raw = file.read_bytes()
    entry, told = json.loads(raw), {name: value.decode() for name, value in headers(raw)}
    jsonschema_rs.validate(schema(entry["type"]), entry)
    jsonschema_rs.validate(schema(entry["type"], "headers"), told)
    other = next(wire for wire in CATALOGUE if wire != entry["type"])
    assert not jsonschema_rs.is_valid(schema(other), entry)
    assert not jsonschema_rs.is_valid(schema(entry["type"]), {**entry, "sequence": "1"})
    assert not jsonschema_rs.is_valid(schema(entry["type"]), {**entry, "data": []})
    assert set(entry) <= set(published.ENTRY)
    assert Entry(raw).type == entry["type"]


async def test_the_relay_makes_what_the_file_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a cluster is asked for has the file's partitions, replication and settings."""
    asked: list[Any] = []

    class Cluster:
        """A cluster with the first topic."""

        def __init__(self, **_: object) -> None:
            self.start = self.close = self.nothing

        async def nothing(self) -> None:
            """Be there."""

        async def list_topics(self) -> list[str]:
            return list(TOPICS)[:1]

        async def create_topics(self, made: list[Any]) -> SimpleNamespace:
            asked.extend(made)
            return SimpleNamespace(topic_errors=[(each.name, 0) for each in made])

    monkeypatch.setattr(topics, "AIOKafkaAdminClient", Cluster)
    await topics.Topics("", "mandate.", "test").ensure(list(BY_SERVICE))
    made = {each.name: (each.num_partitions, each.replication_factor, each.topic_configs) for each in asked}
    told = {name: (each["partitions"], each["replication"], each["config"]) for name, each in TOPICS.items()}
    assert made == dict(list(told.items())[1:])
