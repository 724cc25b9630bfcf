"""The script of an example: its data, as one ordered list of acts. Nothing here waits or sends."""

import datetime as dt
import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from deploy.examples.acts import CHINA, Act, Data, People
from deploy.examples.founding import founding
from deploy.examples.listening import listening
from deploy.examples.suggesting import suggesting
from deploy.examples.teaching import teaching

FIRST_DAY = dt.date(2025, 1, 2)
END = dt.datetime(2025, 5, 20, 17, tzinfo=CHINA)
"""The example's present: when the script is through, time runs on from here."""


def read(folder: Path, files: str = "*.toml") -> Data:
    """Read an example's data, all or some files of it: tables of one name are joined, file by file."""
    data: dict[str, Any] = {}
    for file in sorted(folder.glob(files)):
        for name, value in tomllib.loads(file.read_text("utf-8")).items():
            data[name] = [*data.get(name, ()), *value] if isinstance(value, list) else value
    return data


def script(data: Data) -> Sequence[Act]:
    """Give every act in the order of its instant; of one instant, in the order of the data."""
    people = People.of(data)
    acts = [
        *founding(data, people, FIRST_DAY),
        *listening(data, people),
        *(act for each in data["suggestion"] for act in suggesting(each, people)),
        *(act for each in data["course"] for act in teaching(each, people)),
    ]
    return sorted(acts, key=lambda each: each.at)


def digest(acts: Sequence[Act]) -> str:
    """Give what tells one script from another."""
    return hashlib.sha256("\n".join(map(repr, acts)).encode()).hexdigest()


def logins(data: Data) -> Mapping[str, Data]:
    """Give the people of the example by their logins."""
    return {each["login"]: each for each in (*data["deputy"], *data["staff"])}
