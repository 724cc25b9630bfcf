"""The rulebooks and calendars we ship: data that only fills the commands of adoption.

Nothing computes from these files. A congress adopts a value whole, by an event that
carries it with its sources, and may adopt one of its own instead.
"""

import json
import tomllib
from pathlib import Path

from events.catalogue.vocabulary import Calendar, Rulebook

HERE = Path(__file__).parent


def calendars() -> tuple[Calendar, ...]:
    """Give the shipped calendars, by year."""
    return tuple(Calendar.model_validate_json(each) for each in _shipped("calendars"))


def rulebooks() -> tuple[Rulebook, ...]:
    """Give the shipped versions of the national rulebook, by version."""
    return tuple(Rulebook.model_validate_json(each) for each in _shipped("rulebooks"))


def _shipped(folder: str) -> list[str]:
    # By way of JSON, for the models are strict: a TOML array would be no tuple, a string no enum.
    files = sorted((HERE / folder).glob("*.toml"))
    return [json.dumps(tomllib.loads(each.read_text("utf-8")), default=str) for each in files]
