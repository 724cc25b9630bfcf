"""The acts of training: courses planned, places taken, attendance, the end.

Left out: the summary of a course (`summary`), for which it has no field.
"""

import datetime as dt
from collections.abc import Iterator

from deploy.examples.acts import CHINA, Act, Data, Made, People, mandate, on

TOPICS = {"constitution_law": "constitution_and_law"}
A_DAY = 5
"""So many enrol on each day after a course was announced."""


def teaching(course: Data, people: People) -> Iterator[Act]:
    """Tell one course, from its announcement to its end if it is over."""
    thing, code = f"course/{course['key']}", course["congress"]
    clerk = people.clerk(code, duty="training")
    published, starts = course["published_on"], course["starts"].replace(tzinfo=CHINA)
    body = {name: course[name] for name in ("title", "mode", "minutes", "place", "capacity")}
    topic = TOPICS.get(course["field"], course["field"])
    body |= {"topic": topic, "starts": starts.isoformat()}
    at = on(published, "09:40")
    yield Act(f"{thing} planned", at, code, clerk, "planCourse", body=body, makes=thing)
    latest = starts.date() - dt.timedelta(days=1)
    for number, key in enumerate(course["enrolled"]):
        day = min(published + dt.timedelta(days=1 + number // A_DAY), latest)
        login = people.deputy(key)
        yield Act(f"{thing} with {key}", on(day, "10:10"), code, login, "enrol", thing)
    if course["status"] == "completed":
        attended = [
            {"mandate": Made(mandate(each["deputy"])), "minutes": each["minutes"]}
            for each in course["attended"]
        ]
        over = starts + dt.timedelta(minutes=course["minutes"] + 10)
        body = {"attended": attended}
        yield Act(f"{thing} attended", over, code, clerk, "recordAttendance", thing, body)
        yield Act(f"{thing} held", over, code, clerk, "holdCourse", thing)
