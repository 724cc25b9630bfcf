"""Training: which courses there are, who comes, who came, and who has yet to be trained."""

import asyncio
import datetime as dt
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from gateway.pages.framing import Page, Route
from gateway.pages.telling import Say, saying, text_of
from gateway.policy import DEPUTY, LEARNING, OFFICE, STAFF
from services.chassis.problems import Problem

STAGES = ("planned", "held")
SHOWN = "50"
ABSENT = 404
TOPICS = (
    "first_term", "theory", "constitution_and_law", "duty_skills", "budget", "legislation",
    "field_visit",
)  # fmt: skip


async def listing(page: Page) -> Response:
    """Show the courses; to the offices how many deputies the first one reached."""
    asked = page.request.query_params
    stage = stage if (stage := asked.get("stage", "")) in STAGES else ""
    found, coverage, learner = await asyncio.gather(
        page.get("listCourses", stage=stage, limit=SHOWN, cursor=asked.get("cursor", "")),
        page.get("getTrainingCoverage") if page.role in OFFICE else _nothing(),
        _learner(page),
    )
    rows = [row(each, page.house["now"]) for each in found["items"]]
    following = f"?stage={stage}&cursor={found['cursor']}"
    return page.render(
        "courses/list.html", coverage=coverage, learner=learner, stage=stage, stages=STAGES,
        rows=rows, cursor=asked.get("cursor", ""), next_href=following if found["cursor"] else None,
    )  # fmt: skip


def row(each: Mapping[str, Any], now: str) -> dict[str, Any]:
    """Give what a list says of one course; begun is one that waits for its attendance."""
    standing = "begun" if each["stage"] == "planned" and begun(each["starts"], now) else each["stage"]
    return {**each, "id": each["id"].partition("/")[2], "standing": standing}


def begun(starts: str, now: str) -> bool:
    """Tell whether an instant has come."""
    return dt.datetime.fromisoformat(starts) <= dt.datetime.fromisoformat(now)


async def _nothing() -> None:
    return None


async def _learner(page: Page) -> dict[str, Any] | None:
    """Give what the deputy needs and learned; None before anything was found."""
    if page.role != DEPUTY or not page.holding[1]:
        return None
    try:
        return await page.get("getLearner", page.holding[1].partition("/")[2])
    except Problem as problem:
        if problem.status != ABSENT:
            raise
        return None


async def new(page: Page) -> Response:
    """Show the form that plans a course."""
    return page.render("courses/new.html", topics=TOPICS)


async def course(page: Page) -> Response:
    """Show a course; whom staff ticked as present is asked about once more."""
    found = await page.get("getCourse", page.thing)
    say = saying(page)
    people = attendance(found, say)
    ticked = set(page.request.query_params.getlist("came"))
    return page.render(
        "courses/course.html",
        course=found, id=page.thing, people=people,
        came=[each for each in people if each["mandate"] in ticked and each["minutes"] is None],
        pending=[each for each in people if each["minutes"] is None],
        begun=begun(found["starts"], page.house["now"]),
        mine=page.holding[1] in found["enrolled"],
    )  # fmt: skip


def attendance(found: Mapping[str, Any], say: Say) -> list[dict[str, Any]]:
    """Give who has a place, and the minutes of who came."""
    names = found.get("names", {})
    told = [
        {
            "mandate": each,
            "name": text_of(names.get(each)) or say("suggestions.a_deputy"),
            "minutes": found["attended"].get(each),
        }
        for each in found["enrolled"]
    ]
    return sorted(told, key=lambda each: (each["minutes"] is not None, each["name"]))


ROUTES = (
    Route("/{congress}/courses", listing, LEARNING, dated=True),
    Route("/{congress}/courses/new", new, frozenset({STAFF})),
    Route("/{congress}/courses/{id}", course, LEARNING, dated=True),
)
