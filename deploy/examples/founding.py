"""The acts that set up the congresses, and let people into their offices and out of them."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from deploy import adoption
from deploy.examples.acts import OPERATOR, Act, Data, Made, People, mandate, on, person

SUSPENSIONS = {"detained_in_criminal_case": "detained", "serving_sentence": "serving_sentence"}
TERMINATIONS = {"moved_out_of_region": "moved_away"}


def founding(data: Data, people: People, day: dt.date) -> Iterator[Act]:
    """Set up every congress on the first day, and let its people in."""
    for congress in data["congress"]:
        yield from _set_up(congress, people, day)
        yield from _listed(congress["code"], data, people, day)
        yield from _offices(congress["code"], people, day)
        for deputy in _of(people.deputies, congress["code"]):
            yield from _mandate(deputy, congress, people)


def _of(rows: Any, congress: str) -> list[Data]:  # noqa: ANN401 - a table's rows
    return [each for each in rows if each["congress"] == congress]


def _first(people: People, congress: str) -> Data:
    return next(each for each in _of(people.staff, congress) if each["role"] == "staff")


def _set_up(congress: Data, people: People, day: dt.date) -> Iterator[Act]:
    """Found it, adopt what the house ships, and let the first clerk in: all by the operator."""
    code = congress["code"]
    about = {name: congress[name] for name in ("name", "name_en", "level", "term")}
    bodies: list[tuple[str, str, Data]] = [
        ("founded", "foundCongress", about | {"example": True}),
        *((f"adopted {each.reference}", "adoptRulebook", {"rulebook": each.model_dump(mode="json")})
          for each in adoption.rulebooks()),
        *((f"adopted {each.reference}", "adoptCalendar", {"calendar": each.model_dump(mode="json")})
          for each in adoption.calendars()),
        _granted(_first(people, code)),
    ]  # fmt: skip
    for name, operation, body in bodies:
        yield Act(name, on(day, "08:30"), code, OPERATOR, operation, body=body)


def _listed(code: str, data: Data, people: People, day: dt.date) -> Iterator[Act]:
    """List who elects, the delegations, the units; convene the session of the data."""
    clerk = people.clerk(code)
    for operation, body in _bodies(code, data):
        name = f"{operation} {next(iter(body.values()))}"
        yield Act(name, on(day, "08:50"), code, clerk, operation, body=body)


def _bodies(code: str, data: Data) -> Iterator[tuple[str, Data]]:
    for kind in ("electing_unit", "district"):
        for each in _of(data[kind], code):
            about = {"name": each["name"], "seats": each["seats"]}
            yield "listElectorate", {"electorate": each["key"], "kind": kind} | about
    for each in _of(data["delegation"], code):
        yield "formDelegation", {"delegation": each["key"], "name": each["name"]}
    for each in _of(data["unit"], code):
        about = {"name": each["name"], "branch": each["kind"]}
        yield "listUnit", {"unit": each["key"]} | about
    for each in _of(data["session"], code):
        days = {name: each[name].isoformat() for name in ("opens", "closes")}
        yield "conveneSession", {"session": each["no"]} | days


def _granted(each: Data) -> tuple[str, str, Data]:
    """Grant a role; who works at one station of the congress alone holds it, others all."""
    body: dict[str, Any] = {"person": person(each), "role": each["role"], "name": each["name"]}
    if "unit" in each:
        body["holds"] = f"unit/{each['unit']}"
    elif len(each.get("stations", ())) == 1:
        body["holds"] = Made(f"station/{each['stations'][0]}")
    return f"granted {each['login']}", "grantRole", body


def _offices(code: str, people: People, day: dt.date) -> Iterator[Act]:
    """Let the other clerks in, after the stations opened."""
    for each in _of(people.staff, code):
        if each is not _first(people, code):
            name, operation, body = _granted(each)
            yield Act(name, on(day, "10:40"), code, people.clerk(code), operation, body=body)


def _mandate(deputy: Data, congress: Data, people: People) -> Iterator[Act]:
    """Tell a mandate's life: election, review, confirmation, office, and how it was interrupted."""
    clerk, committee = people.clerk(congress["code"]), f"{congress['name']}常务委员会"
    elected = deputy.get("elected_on") or deputy["entered_on"]
    reviewed = deputy.get("review_opened_on", elected)
    confirmed = deputy.get("confirmed_on") or (reviewed if deputy["path"] == "founding" else None)
    steps: list[tuple[str, str, dt.date, Data]] = [
        ("09:10", "electDeputy", elected, _election(deputy, congress, elected)),
        ("09:40", "openCredentialsReview", reviewed, {"day": reviewed.isoformat()}),
    ]
    if confirmed is not None:
        day = confirmed.isoformat()
        steps.append(("10:00", "confirmMandate", confirmed, {"day": day, "body": committee}))
        steps.append(("10:20", "takeUpMandate", confirmed, {"day": day}))
    steps += _endings(deputy, committee)
    key = mandate(deputy["key"])
    for clock, operation, date, body in steps:
        new = operation == "electDeputy"
        yield Act(
            f"{key} {operation}", on(date, clock), congress["code"], clerk, operation,
            None if new else key, body, key if new else None,
        )  # fmt: skip


def _election(deputy: Data, congress: Data, elected: dt.date) -> Data:
    return {
        "term": congress["term"],
        "person": person(deputy),
        "name": deputy["name"],
        "electorate": deputy.get("electing_unit") or deputy["district"],
        "delegation": deputy["delegation"],
        "frontline": deputy["frontline"],
        "first_term": deputy["first_term"],
        "by_election": deputy["path"] == "by_election",
        "elected": elected.isoformat(),
    }


def _endings(deputy: Data, committee: str) -> Iterator[tuple[str, str, dt.date, Data]]:
    if told := deputy.get("suspension"):
        day = told["decided_on"]
        body = {"ground": SUSPENSIONS[told["ground"]], "day": day.isoformat(), "body": committee}
        yield "10:10", "suspendMandate", day, body
    if told := deputy.get("termination"):
        body = {
            "ground": TERMINATIONS[told["ground"]],
            "ground_day": told["ground_date"].isoformat(),
            "decision_day": told["decided_on"].isoformat(),
            "decided_by": committee,
            "announced": told["announced_on"].isoformat(),
            "announced_by": committee,
        }
        yield "10:10", "terminateMandate", told["announced_on"], body
