"""What the house publishes on Kafka, for others: its topics, and every event version as AsyncAPI 3.

`python -m deploy.published` writes `topics.yaml` and `asyncapi.json` from the catalogue; a test sees
when they are stale. The relay makes the topics that lack, with the same settings.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from deploy.backing import Backing
from events.bus.kafka.topics import CONFIG, PARTITIONS, REPLICATION, Topics
from events.bus.records import CONTENT_TYPE
from events.catalogue.frozen import Schema, stored
from events.catalogue.registry import BY_SERVICE
from events.catalogue.upcasters import STEPS

FOLDER = Path(__file__).parent
TOPICS, ASYNCAPI = FOLDER / "topics.yaml", FOLDER / "asyncapi.json"
HEAD = """# Made by `python -m deploy.published` from the catalogue: every topic of the house.
#
# Kafka is transport here, the ledgers are the store: what is lost on a topic is fetched from its owner.
# Whoever names his house otherwise (MANDATE_HOUSE) begins the topics' names so. replication -1 is the
# broker's default: three on a cluster of three, with min.insync.replicas 2.
"""
MEDIA_TYPE = CONTENT_TYPE[1].decode()
KAFKA_BINDING = "0.5.0"
ABOUT = """Each service publishes its ledgers, one record an entry: a CloudEvents 1.0 JSON object in
structured mode, keyed by congress, at least once and in ledger order. Drop what you have (`sequence` at
or below your mark) and fetch what is missing from the owner's `/ledgers`. Fields may come; pass over
what you do not know."""

CONGRESS = "^(?:[0-9]{6}|[0-9]{9})$"
HEX_64 = "^[0-9a-f]{64}$"
TRACE = "^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"
ADDRESS = "[a-z]+/(?:[0-9]{6}|[0-9]{9})/[1-9][0-9]*"
DEFINITION, SCHEMA, MESSAGE = "#/$defs/", "#/components/schemas/", "#/components/messages/"


def _text(told: str, pattern: str | None = None, **more: str) -> Schema:
    return {"type": "string", **({"pattern": pattern} if pattern else {}), **more, "description": told}


ENTRY: Mapping[str, Schema] = {
    "specversion": {"const": "1.0"},
    "source": _text("The ledger: service and congress.", "^/[a-z]+/(?:[0-9]{6}|[0-9]{9})$"),
    "sequence": _text("The number in the ledger, from 1 without a gap.", "^[0-9]{10}$"),
    "id": _text("The address for ever, `suggestions/630200/41`.", f"^{ADDRESS}$"),
    "recordedtime": _text("When it was taken, never earlier than the entry before.", format="date-time"),
    "prevhash": _text("Leaf hash of the entry before; absent in entry 1.", HEX_64),
    "type": _text("The literal, versioned name."),
    "subject": _text("The stream, `suggestion/ab12`."),
    "time": _text("When it happened.", format="date-time"),
    "partitionkey": _text("The congress, as in the record's key.", CONGRESS),
    "actor": _text("`role/opaque-id` or `reaction/<name>`, never a name."),
    "correlationid": _text("Shared by all that one request set off."),
    "causationid": _text("The entry that a reaction answered.", f"^{ADDRESS}$"),
    "traceparent": _text("W3C trace context.", TRACE),
    "rulebook": _text("The rulebook applied, `national@2025`."),
    "calendar": _text("The calendars applied, `cn@2025`."),
    "standson": _text("Foreign positions known to the decision.", f"^{ADDRESS}(?: {ADDRESS})*$"),
    "datacontenttype": {"const": "application/json"},
    "dataschema": _text("The event's own schema."),
    "data": {"type": "object"},
}
ABSENT_AT_TIMES = {"prevhash", "causationid", "traceparent", "rulebook", "calendar", "standson"}


def topics() -> str:
    """Give topics.yaml."""
    made = {
        _address(service): {
            "key": "congress", "content-type": MEDIA_TYPE, "partitions": PARTITIONS,
            "replication": REPLICATION, "config": dict(CONFIG),
        }
        for service in BY_SERVICE
    }  # fmt: skip
    return HEAD + yaml.safe_dump({"topics": made}, sort_keys=False, allow_unicode=True, width=110)


def asyncapi() -> str:
    """Give asyncapi.json: a channel for each topic, a message for each version ever frozen."""
    held = stored()
    by_service: Mapping[str, list[str]] = defaultdict(list)
    for wire in held:
        by_service[publisher(wire)].append(wire)
    document = {
        "asyncapi": "3.0.0",
        "info": {"title": "履职 Mandate", "version": "1", "description": ABOUT},
        "defaultContentType": MEDIA_TYPE,
        "channels": {service: _channel(service, by_service[service]) for service in BY_SERVICE},
        "operations": {
            f"publish{service.title()}": {"action": "send", "channel": {"$ref": f"#/channels/{service}"}}
            for service in BY_SERVICE
        },
        "components": {
            "messages": {wire: _message(wire, schema) for wire, schema in held.items()},
            "schemas": dict(_schemas(held)),
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def publisher(wire: str) -> str:
    """Name the service that publishes an event, or published an old version of it."""
    while wire in STEPS:
        wire = STEPS[wire][0]
    return next(service for service, events in BY_SERVICE.items() if wire in events)


def _address(service: str) -> str:
    house: str = Backing.model_fields["house"].default
    return Topics("", f"{house}.", "").name(service)


def _channel(service: str, wires: list[str]) -> Schema:
    kept = {"cleanup.policy": [CONFIG["cleanup.policy"]], "retention.ms": int(CONFIG["retention.ms"])}
    return {
        "address": _address(service),
        "description": f"The ledgers of {service}.",
        "messages": {wire: {"$ref": f"{MESSAGE}{wire}"} for wire in wires},
        "bindings": {
            "kafka": {
                "partitions": PARTITIONS,
                "topicConfiguration": kept,
                "bindingVersion": KAFKA_BINDING,
            }
        },
    }


def _message(wire: str, schema: Schema) -> Schema:
    own = {
        "type": {"const": wire},
        "dataschema": {"const": schema["$id"]},
        "data": {"$ref": f"{SCHEMA}{wire}"},
    }
    return {
        "name": wire,
        "summary": schema["description"].partition("\n")[0],
        "contentType": MEDIA_TYPE,
        "headers": {
            "type": "object",
            "properties": {"content-type": {"const": MEDIA_TYPE}, "traceparent": ENTRY["traceparent"]},
            "required": ["content-type"],
        },
        "payload": {"allOf": [{"$ref": f"{SCHEMA}entry"}, {"properties": own}]},
        "bindings": {
            "kafka": {"key": {"type": "string", "pattern": CONGRESS}, "bindingVersion": KAFKA_BINDING}
        },
    }


def _schemas(held: Mapping[str, Schema]) -> Iterator[tuple[str, Schema]]:
    """Give the entry, each event, and each event's definitions under its name, as no two need agree."""
    needed = [name for name in ENTRY if name not in ABSENT_AT_TIMES]
    yield "entry", {"type": "object", "properties": dict(ENTRY), "required": needed}
    for wire, schema in held.items():
        bare = {key: value for key, value in schema.items() if key not in {"$schema", "$id", "$defs"}}
        yield wire, _moved(bare, wire)
        for name, definition in schema.get("$defs", {}).items():
            yield f"{wire}.{name}", _moved(definition, wire)


def _moved(node: Any, wire: str) -> Any:  # noqa: ANN401 - any part of a schema
    """Let references to an event's own definitions lead to where they stand now."""
    if isinstance(node, list):
        return [_moved(each, wire) for each in node]
    if not isinstance(node, dict):
        return node
    moved = {key: _moved(value, wire) for key, value in node.items()}
    if isinstance(to := node.get("$ref"), str):
        moved["$ref"] = f"{SCHEMA}{wire}.{to.removeprefix(DEFINITION)}"
    return moved


if __name__ == "__main__":
    TOPICS.write_text(topics(), "utf-8")
    ASYNCAPI.write_text(asyncapi(), "utf-8")
