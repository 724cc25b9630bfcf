"""Wire name to class and back: the only door to the catalogue's events.

A wire name is literal and versioned (`suggestion.submitted.v1`) and never reused. A class
always has the current version; older ones become current in `upcasters`.
"""

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType, ModuleType

from pydantic import TypeAdapter

from events.catalogue import deputies, liaison, suggestions, training
from events.catalogue.envelope import Entry
from events.catalogue.event import Event
from events.catalogue.upcasters import current


def _declared(module: ModuleType) -> dict[str, type[Event]]:
    return {
        each.wire: each
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, Event) and each.__module__ == module.__name__
    }


BY_SERVICE: Mapping[str, Mapping[str, type[Event]]] = MappingProxyType(
    {
        module.__name__.rpartition(".")[2]: MappingProxyType(_declared(module))
        for module in (deputies, suggestions, liaison, training)
    }
)
"""The events that each service publishes, by wire name."""

CATALOGUE: Mapping[str, type[Event]] = MappingProxyType(
    {wire: each for events in BY_SERVICE.values() for wire, each in events.items()}
)
"""Every event class by its current wire name."""


@cache
def _reading(wire: str) -> Callable[[bytes], Event] | None:
    """Give the compiled way from bytes to an event; that of the class has steps more for every entry."""
    return TypeAdapter(CATALOGUE[wire]).validator.validate_json if wire in CATALOGUE else None


def read(entry: Entry) -> Event:
    """Give the event of an entry as its current class.

    Raises:
        KeyError: when no version of the type is known here.
        ValidationError: when the data does not have the current shape.

    """
    if (reading := _reading(entry.type)) is not None:
        return reading(entry.body)
    wire, data = current(entry.type, entry.data)
    return CATALOGUE[wire].model_validate(data, strict=False)
