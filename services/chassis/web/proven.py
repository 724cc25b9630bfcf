"""What the OpenAPI document says of a ledger's proofs."""

from typing import Any

from services.chassis.web.schemas import READ_PROBLEMS, problem_answers

DEEPER = "Beyond 999, and while it fills, it has more parts, as C2SP tlog-tiles writes it: x001/234, 000.p/41"
PARTS: dict[str, Any] = {
    "level": {"type": "string", "pattern": "^(0|[1-9][0-9]?)$"},
    "tile": {"type": "string", "pattern": "^[0-9]{3}$", "description": DEEPER},
    "sequence": {"type": "string", "pattern": "^[1-9][0-9]{0,9}$"},
}
"""The shapes of a path's parts that are no identifiers; what OpenAPI calls a part holds no slash."""
TEXT, WHOLE = {"type": "string"}, {"type": "integer"}
MAYBE = {"type": ["string", "null"]}


def _object(**properties: Any) -> dict[str, Any]:  # noqa: ANN401 - schemas
    return {"type": "object", "properties": properties, "required": list(properties)}


WITNESS = _object(name=TEXT, vkey=TEXT, size=WHOLE, time=WHOLE)
KEYS = _object(
    origin=TEXT, size=WHOLE, root=TEXT, signed=WHOLE, vkeys={"type": "array", "items": TEXT}, refused=MAYBE,
    witnesses={"type": "array", "items": WITNESS},
)  # fmt: skip
PROOF = _object(
    entry=TEXT, sound={"type": "boolean"}, why=MAYBE, proof=TEXT, hash=TEXT, origin=TEXT, size=WHOLE,
    witnesses={"type": "array", "items": TEXT},
)  # fmt: skip
BYTES = {"type": "string", "format": "binary"}


def proven(service: str, ledger: str) -> dict[str, dict[str, Any]]:
    """Give the operations below a ledger's path."""
    name, binary = service.title(), "application/octet-stream"
    told = {
        "/checkpoint": (f"read{name}Checkpoint", "The newest signed checkpoint", "text/plain", TEXT),
        "/tile/{level}/{tile}": (f"read{name}Tile", "Hashes of the Merkle tree", binary, BYTES),
        "/tile/entries/{tile}": (f"read{name}Bundle", "Entries under a tile", binary, BYTES),
        "/keys": (f"read{name}Keys", "Keys, witnesses, and why nothing is signed", "application/json", KEYS),
        "/proof/{sequence}": (f"prove{name}Entry", "An entry and its proof", "application/json", PROOF),
    }  # fmt: skip
    return {ledger + path: {"get": _operation(*each)} for path, each in told.items()}


def _operation(operation: str, summary: str, media: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "operationId": operation,
        "summary": summary,
        "parameters": [],
        "responses": {
            "200": {"description": "what stands", "content": {media: {"schema": schema}}},
            **problem_answers(READ_PROBLEMS),
        },
    }
