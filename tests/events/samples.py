"""Fixed sample values for every field of every event; the same at every making."""

import hashlib
import re
from typing import Any

from events.catalogue.event import Event
from events.catalogue.frozen import whole

# Field name to what it says; a value of another type than the field's is passed over.
VALUES: dict[str, tuple[Any, ...]] = {
    "addressed_to": ("mandate/3-ma",),
    "announced_by": ("海东市人民代表大会常务委员会",),
    "answered_by": ("mandate/3-ma",),
    "article": ("第五十一条",),
    "because": ("mandate-confirmed",),
    "body": ("海东市人民代表大会常务委员会",),
    "calendar": ("cn@2025",),
    "approver": ("leader/li",),
    "category": ("城乡建设",),
    "cause": ("suggestions/630200/41",),
    "cosigners": (["mandate/3-li"],),
    "course": ("course/c1",),
    "decided_by": ("海东市人民代表大会常务委员会",),
    "delegation": ("ledu",),
    "delegation_name": ("乐都代表团",),
    "electorate": ("ledu",),
    "electorate_name": ("乐都区",),
    "ground": ("no_content",),
    "holds": ("mandate/3-ma",),
    "label": ("A",),
    "labels_scheme": ("national",),
    "law": ("代表法",),
    "lead": ("mandate/3-ma",),
    "level": ("city",),
    "mandate": ("mandate/3-ma",),
    "name": ("海东市", "national"),
    "name_en": ("Haidong",),
    "notice": ("国办发明电〔2024〕12号",),
    "opinion": ("opinion/o1",),
    "owner": ("person/ma",),
    "person": ("ma",),
    "place": ("碾伯街道文化广场",),
    "refusal": ("mandate-not-active",),
    "rulebook": ("national@2025",),
    "requester": ("staff/clerk",),
    "session": ("3-7", 7),
    "share": ("负责道路照明部分",),
    "sources": (["全国人民代表大会和地方各级人民代表大会代表法（2025年修正）"],),
    "starts": ("assignment",),
    "station": ("s1",),
    "station_name": ("碾伯街道代表联络站",),
    "suggestion": ("suggestion/s1",),
    "term": (3,),
    "title": ("代表建议办理工作专题培训",),
    "unit": ("housing", "days"),
    "unit_name": ("市住建局",),
    "version": ("2025",),
    "why": ("weekend",),
    "year": (2025,),
}
TYPES: dict[str, type[Any]] = {"string": str, "integer": int, "array": list, "boolean": bool}
DATES = {"date": "2025-02-27", "date-time": "2025-03-10T01:00:00Z"}
STREAMS = {
    "congress": "congress/630200", "course": "course/c1", "mandate": "mandate/3-ma",
    "need": "need/3-ma", "numbering": "numbering/3-7", "opinion": "opinion/o1",
    "seat": "seats/3-ledu", "erasure": "erasure/ma", "station": "station/s1", "suggestion": "suggestion/s1",
}  # fmt: skip


def sampled(event: type[Event]) -> Event:
    """Give an event with every field filled, the optional ones too."""
    shape = event.model_json_schema()
    return event.model_validate(_object(whole(shape, shape), event.wire), strict=False)


def _object(shape: dict[str, Any], at: str) -> dict[str, Any]:
    return {name: _value(name, each, at) for name, each in shape.get("properties", {}).items()}


def _value(name: str, shape: dict[str, Any], at: str) -> Any:  # noqa: ANN401 - JSON
    if "anyOf" in shape:
        return _value(name, shape["anyOf"][0], at)
    for given in VALUES.get(name, ()):
        if _fits(given, shape):
            return given
    plain = {"boolean": True, "integer": max(1, shape.get("minimum", 1))}
    match shape["type"]:
        case "object" if "properties" in shape:
            return _object(shape, f"{at} {name}")
        case "object":
            return {"submit": _value(name, shape["additionalProperties"], at)}
        case "array":
            return [_value(name, shape["items"], at)]
        case kind:
            return plain[kind] if kind in plain else _text(name, shape, at)


def _fits(given: Any, shape: dict[str, Any]) -> bool:  # noqa: ANN401 - JSON
    if type(given) is not TYPES.get(shape["type"]) or "format" in shape:
        return False
    if given not in shape.get("enum", [given]):
        return False
    return "pattern" not in shape or re.search(str(shape["pattern"]), given) is not None


def _text(name: str, shape: dict[str, Any], at: str) -> str:
    if "enum" in shape:
        return str(shape["enum"][0])
    if "format" in shape:
        return DATES[shape["format"]]
    if name == "record":
        return hashlib.sha256(at.encode()).hexdigest()[:16]
    if shape.get("pattern", "").endswith("{64}$"):
        return hashlib.sha256(f"{at} {name}".encode()).hexdigest()
    return name.replace("_", "-")
