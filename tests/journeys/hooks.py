"""What schemathesis is told about the house: real ids for sound requests, and a log of answers.

`MANDATE_THINGS` names a JSON file with a congress, its real ids by kind and what its fields may
say; `MANDATE_ANSWERS` the file to which a line (phase, operationId, status) is written for every
answer.
"""

import json
import os
import random
import uuid
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis import Case, HookContext, Response
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode

KNOWN: dict[str, Any] = json.loads(Path(os.environ["MANDATE_THINGS"]).read_text())
ANSWERS = Path(os.environ["MANDATE_ANSWERS"]).open("a", encoding="utf-8")  # noqa: SIM115 - as long as we live
REAL = 0.8
"""So often a sound request is about a thing that exists; else it is about one that does not."""
chance = random.Random(1)
made: set[str] = set()
"""The ids and receipt codes that answers have named."""
versions: dict[str, str] = {}
"""The ETag that was last answered with, by what stands in the path before the operation's own words."""


def phase(case: Case[Any]) -> str:
    """Name the phase that a request belongs to."""
    return str(case.meta.phase.name) if case.meta else "beside"


def sound(case: Case[Any], where: ParameterLocation) -> bool:
    """Tell whether a part of a request is meant to be as described."""
    part = case.meta.components.get(where) if case.meta else None
    return part is None or part.mode is GenerationMode.POSITIVE


@schemathesis.hook
def before_call(_context: HookContext, case: Case[Any], _kwargs: dict[str, Any]) -> None:
    """Let sound requests say what no schema can: ids, versions, a key of one's own, an opaque cursor."""
    if sound(case, ParameterLocation.PATH):
        _really_there(case)
    if case.headers and sound(case, ParameterLocation.HEADER):
        _as_it_stands(case)
    if case.query and sound(case, ParameterLocation.QUERY):
        case.query.pop("cursor", None)
        _known(case.query)
    if sound(case, ParameterLocation.BODY):
        case.body = _whole(case.body)
        if isinstance(case.body, dict) and chance.random() < REAL:
            case.body |= {name: KNOWN["values"][name] for name in case.body.keys() & KNOWN["values"].keys()}


def _really_there(case: Case[Any]) -> None:
    """Name a congress that is there, and a thing, unless an answer has named the one asked for."""
    parts = case.path.split("/")
    if "congress" in case.path_parameters and (phase(case) == "stateful" or chance.random() < REAL):
        case.path_parameters["congress"] = KNOWN["congress"]
    if "{id}" in parts and case.path_parameters["id"] not in made and chance.random() < REAL:
        case.path_parameters["id"] = KNOWN["things"][parts[parts.index("{id}") - 1]]
    if chance.random() < REAL:
        _known(case.path_parameters)


def _known(said: dict[str, Any]) -> None:
    """Name a tile and an entry that are there, a moment of the record, somebody who left a trail."""
    for name in said.keys() & KNOWN["said"].keys():
        said[name] = chance.choice(KNOWN["said"][name])


def _as_it_stands(case: Case[Any]) -> None:
    """Give a key never used before, the version last seen, a moment, and positions in this congress alone."""
    if "Accept-Datetime" in case.headers:
        case.headers["Accept-Datetime"] = chance.choice(KNOWN["said"]["Accept-Datetime"])
    if f"/{KNOWN['congress']}/" not in case.headers.get("Mandate-At-Least", ""):
        case.headers.pop("Mandate-At-Least", None)
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(uuid.UUID(int=chance.getrandbits(128), version=4))
    if "If-Match" in case.headers and chance.random() < REAL:
        case.headers["If-Match"] = versions.get(_place(case), case.headers["If-Match"])


def _place(case: Case[Any]) -> str:
    """Name the thing of a path: `suggestions/…`, or `congress` where there is no id."""
    parts = case.path.split("/")
    return f"{parts[parts.index('{id}') - 1]}/{case.path_parameters['id']}" if "{id}" in parts else parts[4]


def _whole(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Write integers as integers: to JSON Schema 7.0 is one, to the house it is a float."""
    if isinstance(value, dict):
        return {name: _whole(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_whole(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


@schemathesis.hook
def after_call(_context: HookContext, case: Case[Any], response: Response) -> None:
    """Note what was answered."""
    if etag := response.headers.get("etag"):
        versions[_place(case)] = etag[0]
    if response.status_code == 201:
        said = response.json()
        made.update(said[name] for name in ("thing", "code") if name in said)
    operation = case.operation.definition.raw.get("operationId")
    ANSWERS.write(f"{phase(case)} {operation} {response.status_code}\n")
    ANSWERS.flush()
