"""The frozen form of every event: its JSON Schema, and what would break whoever reads it.

A schema tells readers on what they may rely, so it is open: who does not know a field
passes over it. `python -m events.catalogue.frozen` writes what is new or has only grown.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from events.catalogue.event import Event
from events.catalogue.registry import CATALOGUE

Schema = dict[str, Any]
FOLDER = Path(__file__).parent / "schemas"

LOWER = {"minimum", "minLength", "minItems"}
UPPER = {"maximum", "maxLength", "maxItems"}
FIXED = ("type", "format", "pattern", "const", "default")


def schema(event: type[Event]) -> Schema:
    """Give the JSON Schema (draft 2020-12) of an event's `data`, under its `dataschema`."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    made: Schema = _open(event.model_json_schema())
    return {**head, "$id": f"/schemas/{event.wire}", **made}


def text(event: type[Event]) -> str:
    """Give the schema as it stands in its file."""
    return json.dumps(schema(event), ensure_ascii=False, indent=2) + "\n"


def _open(node: Any, *, names: bool = False) -> Any:  # noqa: ANN401 - any part of a schema
    """Leave out generated titles and closedness; `names`: the keys are fields, not keywords."""
    if isinstance(node, list):
        return [_open(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _open(value, names=key in {"properties", "$defs"} and not names)
        for key, value in node.items()
        if names or not (key == "title" or (key == "additionalProperties" and value is False))
    }


def breaks(old: Schema, new: Schema) -> list[str]:
    """Say in sentences what in `new` breaks readers of `old` or entries stored under it.

    An optional field may come, a list of words may grow, a limit may widen; all else needs
    a new version. No sentence: nothing breaks.
    """
    return list(_compared(whole(old, old), whole(new, new), "data"))


def whole(node: Any, root: Schema) -> Any:  # noqa: ANN401 - any part of a schema
    """Put every definition in the place that refers to it."""
    if isinstance(node, list):
        return [whole(each, root) for each in node]
    if not isinstance(node, dict):
        return node
    if isinstance(name := node.get("$ref"), str):
        node = root["$defs"][name.rpartition("/")[2]] | {k: v for k, v in node.items() if k != "$ref"}
    return {key: whole(value, root) for key, value in node.items() if key != "$defs"}


def _compared(old: Schema, new: Schema, at: str) -> Iterator[str]:
    yield from _values(old, new, at)
    yield from _fields(old, new, at)
    yield from _inside(old, new, at)


def _values(old: Schema, new: Schema, at: str) -> Iterator[str]:
    for key in FIXED:
        if old.get(key) != new.get(key) or (key in old) != (key in new):
            yield f"{at}: {key} was {old.get(key)!r}, is {new.get(key)!r}"
    if gone := [word for word in old.get("enum", []) if word not in new.get("enum", [])]:
        yield f"{at}: no longer one of {gone}"
    if "enum" in new and "enum" not in old:
        yield f"{at}: is a closed list now"
    for key in sorted(LOWER | UPPER):
        before, after = old.get(key), new.get(key)
        if after is not None and (before is None or (after > before if key in LOWER else after < before)):
            yield f"{at}: {key} was {before}, is {after}"


def _fields(old: Schema, new: Schema, at: str) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    was, is_ = set(old.get("required", [])), set(new.get("required", []))
    for name in sorted(before.keys() - after.keys()):
        yield f"{at}.{name}: is gone"
    for name in sorted(is_ - was):
        yield f"{at}.{name}: is required now, entries stored before may lack it"
    for name in sorted((was - is_) & after.keys()):
        yield f"{at}.{name}: is optional now, readers count on it"
    for name in sorted(before.keys() & after.keys()):
        yield from _compared(before[name], after[name], f"{at}.{name}")


def _inside(old: Schema, new: Schema, at: str) -> Iterator[str]:
    for key in ("items", "additionalProperties"):
        before, after = old.get(key), new.get(key)
        if isinstance(before, dict) and isinstance(after, dict):
            yield from _compared(before, after, f"{at}[]")
        elif before != after:
            yield f"{at}: {key} was {before!r}, is {after!r}"
    before, after = old.get("anyOf", []), new.get("anyOf", [])
    if len(before) != len(after):
        yield f"{at}: had {len(before)} forms, has {len(after)}"
    for number, (left, right) in enumerate(zip(before, after, strict=False), 1):
        yield from _compared(left, right, f"{at}|{number}")


def stored(folder: Path = FOLDER) -> Mapping[str, Schema]:
    """Read the frozen schemas, by wire name."""
    files = sorted(folder.glob("*.json"))
    return {file.name.removesuffix(".json"): json.loads(file.read_text("utf-8")) for file in files}


def freeze(folder: Path = FOLDER) -> list[str]:
    """Write what is new or has only grown; say what would break and was left as it is."""
    held, broken = stored(folder), []
    folder.mkdir(parents=True, exist_ok=True)
    for wire, event in CATALOGUE.items():
        if found := breaks(held[wire], schema(event)) if wire in held else []:
            broken += [f"{wire}: {each}" for each in found]
        else:
            (folder / f"{wire}.json").write_text(text(event), "utf-8")
    return broken


if __name__ == "__main__":
    sys.exit("\n".join(freeze()) or None)
