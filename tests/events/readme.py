"""The page of the published language, events/README.md: `python -m tests.events.readme`."""

import importlib
import inspect
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from events.catalogue.event import Event
from events.catalogue.frozen import whole
from events.catalogue.registry import BY_SERVICE
from services.chassis.shapes import Reaction, Service, View
from tests.rulebook import HOUSE

PAGE = HOUSE / "events" / "README.md"
HEAD = """\
# What happened

This page is generated from the code: `python -m tests.events.readme`.

Each service publishes events of its own and folds those of others; nobody reads another's
tables. A wire name is literal, versioned and never used for anything else. Every version has
its frozen JSON Schema in [`catalogue/schemas/`](catalogue/schemas/) and a golden entry in
[`tests/events/golden/`](../tests/events/golden/). Somebody's own words never stand in an event:
a *personal field* is a reference to a record of the vault, which can be erased.

To change an event, let it grow: add an optional field, a word to a list, and freeze it anew
with `python -m events.catalogue.frozen`. What would break a reader needs a new version:

1. give the class the next wire name (`suggestion.rated.v2`) and the new shape;
2. add a step from the old name to the new one to `STEPS` in `catalogue/upcasters.py`;
3. run `python -m events.catalogue.frozen`, `python -m tests.events.golden_entries` and
   `python -m tests.events.readme`; schema and golden entry of the old version stay for ever.
"""


def services() -> Iterator[Service]:
    """Give every service of the house, by name."""
    for file in sorted((HOUSE / "services").glob("*/service.py")):
        module = importlib.import_module(f"services.{file.parent.name}.service")
        yield module.SERVICE


def readers() -> dict[type[Event], list[str]]:
    """Give for each event, by service, the views, references and reactions that name its class."""
    found = defaultdict[type[Event], list[str]](list)
    for service in services():
        rooms: tuple[View | Reaction, ...]
        rooms = (*service.views, *service.references, *service.reactions)
        for event in {event for room in rooms for event in room.on}:
            named = ", ".join(sorted(room.name for room in rooms if event in room.on))
            found[event].append(f"{service.name}: {named}")
    return found


def personal(event: type[Event]) -> list[str]:
    """Give the fields whose words are kept in the vault."""
    shape = event.model_json_schema()
    return sorted(_references(whole(shape, shape), ""))


def _references(shape: dict[str, Any], at: str) -> Iterator[str]:
    if {"record", "ciphertext", "commitment"} <= shape.get("properties", {}).keys():
        yield at
        return
    for name, each in shape.get("properties", {}).items():
        yield from _references(each, f"{at}.{name}" if at else name)
    for each in (*shape.get("anyOf", ()), *([shape["items"]] if "items" in shape else ())):
        yield from _references(each, at)


def row(event: type[Event], read_by: list[str]) -> str:
    """Give an event's line of the table."""
    meaning = " ".join(inspect.cleandoc(event.__doc__ or "").split()).replace("|", "\\|")
    fields = ", ".join(f"`{name}`" for name in personal(event)) or "—"
    return f"| `{event.wire}` | {meaning} | {fields} | {'; '.join(read_by) or '—'} |"


def page() -> str:
    """Give the whole page."""
    lines, read_by = [HEAD], readers()
    for service, events in BY_SERVICE.items():
        lines += [f"## Published by {service}", ""]
        lines += ["| event | meaning | personal fields | read by |", "|---|---|---|---|"]
        lines += [row(event, read_by[event]) for event in events.values()]
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
