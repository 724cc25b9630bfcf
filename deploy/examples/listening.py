"""The acts of liaison: stations, and citizens' opinions from scan to answer.

Left out: receptions (`reception`), for no duty of the house does them yet; the channel of an
opinion; and the step `told`, as an answer is told once it is given, and the outcome of a suggestion
by the house itself.
"""

import datetime as dt
from collections.abc import Iterator

from deploy.examples.acts import CHINA, Act, Data, Made, People, mandate, on

CLOCKS = {
    "escalated": "09:10", "transferred": "10:10", "answered": "15:10", "unit_answered": "15:10",
}  # fmt: skip
"""When in a day each act is done."""


def listening(data: Data, people: People) -> Iterator[Act]:
    """Open every station, then tell every opinion."""
    left = {
        each["key"]: each["termination"]["announced_on"] for each in people.deputies if "termination" in each
    }
    for station in data["station"]:
        yield from _station(station, people, left)
    for opinion in data["opinion"]:
        yield _given(opinion)
        yield from _followed(opinion, people)


def _station(station: Data, people: People, left: dict[str, dt.date]) -> Iterator[Act]:
    """Open it and let its deputies in; whose mandate ended leaves it."""
    thing, code, day = f"station/{station['key']}", station["congress"], station["opened_on"]
    body = {name: station[name] for name in ("name", "kind", "tier")}
    body["place"] = station["address"]
    clerk, at = people.clerk(code), on(day, "10:20")
    yield Act(f"{thing} opened", at, code, clerk, "openStation", body=body, makes=thing)
    for key in station["deputies"]:
        body = {"mandate": Made(mandate(key))}
        yield Act(f"{thing} with {key}", on(day, "11:00"), code, clerk, "attachDeputy", thing, body)
        if key in left:
            at = on(left[key], "15:10")
            yield Act(f"{thing} without {key}", at, code, clerk, "detachDeputy", thing, body)


def _given(opinion: Data) -> Act:
    thing = f"opinion/{opinion['key']}"
    body = {
        "station": Made(f"station/{opinion['station']}", bare=True),
        "words": opinion["words"],
        "anonymous": opinion["anonymous"],
    }
    if "contact" in opinion:
        body["contact"] = opinion["contact"]
    if "deputy" in opinion:
        body["addressed_to"] = Made(mandate(opinion["deputy"]))
    return Act(
        f"{thing} given", opinion["at"].replace(tzinfo=CHINA), opinion["congress"], None,
        "giveOpinion", body=body, makes=thing, shown=opinion.get("shown", False),
    )  # fmt: skip


def _followed(opinion: Data, people: People) -> Iterator[Act]:
    """Tell what was done about it, each by who did it."""
    thing, code = f"opinion/{opinion['key']}", opinion["congress"]
    station = people.clerk(code, "station")
    for number, step in enumerate(opinion["steps"], 1):
        match step["act"]:
            case "answered":
                login = station if step["by"] == "station" else people.deputy(step["by"])
                operation, body = "answerOpinion", {"text": step["text"]}
            case "unit_answered":
                login = people.unit(step["unit"])
                operation, body = "answerOpinion", {"text": step["text"]}
            case "transferred":
                login, operation = station, "transferOpinion"
                body = {"unit": step["unit"], "note": step["note"]}
            case "escalated":
                login, operation, body = people.deputy(step["deputy"]), "escalateOpinion", {}
            case _:
                continue
        at = on(step["on"], CLOCKS[step["act"]])
        yield Act(f"{thing} {number} {step['act']}", at, code, login, operation, thing, body)
