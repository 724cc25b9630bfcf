"""What schemathesis is told about the house: real ids for sound requests, and a log of answers.

`MANDATE_THINGS` names a JSON file of real ids by kind and of fields by name, `MANDATE_ANSWERS`
the file to which a line (operationId, status) is written for every answer.
"""

import json
import os
import random
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis import Case, HookContext, Response
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode

KNOWN: dict[str, Any] = json.loads(Path(os.environ["MANDATE_THINGS"]).read_text())
ANSWERS = Path(os.environ["MANDATE_ANSWERS"]).open("a", encoding="utf-8")
REAL = 0.8
"""So often a sound request is about a thing that exists; else it is about one that does not."""
chance = random.Random(1)


@schemathesis.hook
def before_call(_context: HookContext, case: Case, _kwargs: dict[str, Any]) -> None:
    """Let most sound requests be about the congress and the things that are there."""
    meta = case.meta
    path = meta.components.get(ParameterLocation.PATH) if meta else None
    if path is None or path.mode is not GenerationMode.POSITIVE or chance.random() > REAL:
        return
    if "congress" in case.path_parameters:
        case.path_parameters["congress"] = KNOWN["congress"]
    parts = case.path.split("/")
    if "{id}" in parts:
        case.path_parameters["id"] = KNOWN["things"][parts[parts.index("{id}") - 1]]


@schemathesis.hook
def after_call(_context: HookContext, case: Case, response: Response) -> None:
    """Note what was answered."""
    operation = case.operation.definition.raw.get("operationId")
    ANSWERS.write(f"{operation} {response.status_code}\n")
    ANSWERS.flush()
