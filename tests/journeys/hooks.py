"""What schemathesis is told about the house: real ids for sound requests, and a log of answers.

`MANDATE_THINGS` names a JSON file with a congress and its real ids by kind, `MANDATE_ANSWERS`
the file to which a line (operationId and status) is written for every answer.
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


def sound(case: Case[Any], where: ParameterLocation) -> bool:
    """Tell whether a part of a request is meant to be as described."""
    part = case.meta.components.get(where) if case.meta else None
    return part is None or part.mode is GenerationMode.POSITIVE


@schemathesis.hook
def before_call(_context: HookContext, case: Case[Any], _kwargs: dict[str, Any]) -> None:
    """Let sound requests say what no schema can: ids, a key of one's own, an opaque cursor."""
    if sound(case, ParameterLocation.PATH) and chance.random() < REAL:
        _really_there(case)
    if case.headers and "Idempotency-Key" in case.headers and sound(case, ParameterLocation.HEADER):
        case.headers["Idempotency-Key"] = str(uuid.UUID(int=chance.getrandbits(128), version=4))
    if case.query and sound(case, ParameterLocation.QUERY):
        case.query.pop("cursor", None)
    if sound(case, ParameterLocation.BODY):
        case.body = _whole(case.body)


def _really_there(case: Case[Any]) -> None:
    parts = case.path.split("/")
    if "congress" in case.path_parameters:
        case.path_parameters["congress"] = KNOWN["congress"]
    if "{id}" in parts:
        case.path_parameters["id"] = KNOWN["things"][parts[parts.index("{id}") - 1]]


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
    operation = case.operation.definition.raw.get("operationId")
    ANSWERS.write(f"{operation} {response.status_code}\n")
    ANSWERS.flush()
