"""A standing as one JSON text or document, the same in both stores."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from events.notary.port import Seen, Signed, Standing


def document(signed: Signed) -> dict[str, Any]:
    """Give a checkpoint as JSON has it; hashes in hexadecimal."""
    return {**asdict(signed), "root": signed.root.hex(), "edge": [each.hex() for each in signed.edge],
            "vkeys": list(signed.vkeys)}  # fmt: skip


def told(seen: tuple[Seen, ...] | list[Seen]) -> list[dict[str, Any]]:
    """Give witnesses' marks as JSON has them."""
    return [asdict(each) for each in seen]


def standing(found: Mapping[str, Any]) -> Standing:
    """Read what is kept of an origin."""
    kept = found["signed"]
    edge = tuple(bytes.fromhex(each) for each in kept["edge"])
    told = {**kept, "root": bytes.fromhex(kept["root"]), "edge": edge, "vkeys": tuple(kept["vkeys"])}
    seen = tuple(Seen(**each) for each in found["seen"])
    return Standing(Signed(**told), found["cosigned"], found["cosigned_size"], seen, found["refused"])
