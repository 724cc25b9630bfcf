"""The courses: what, when, where, for how many, and who comes."""

from typing import Any

from typing_extensions import TypedDict

from events.catalogue import training as said
from events.catalogue.envelope import Entry
from services.chassis.shapes import Reader, View

OFFICE = {"staff", "leader", "auditor"}


class CourseDocument(TypedDict, total=False):
    """A course, `planned` or `held`. `attended` gives the minutes earned, by mandate."""

    id: str
    stage: str
    title: str
    mode: str
    topic: str
    minutes: int
    starts: str
    place: str
    capacity: int
    places_left: int
    enrolled: list[str]
    attended: dict[str, int]
    held: str
    names: dict[str, Any]
    updated: str


def planned(_document: CourseDocument, entry: Entry) -> CourseDocument:
    """Begin, with every place free."""
    begun = {"stage": "planned", "attended": {}}
    return _places({**entry.data, **begun}, entry, [])  # type: ignore[typeddict-item]


def _places(document: CourseDocument, entry: Entry, enrolled: list[str]) -> CourseDocument:
    left = document["capacity"] - len(enrolled)
    return {**document, "enrolled": enrolled, "places_left": left, "updated": entry.time}


def enrolled(document: CourseDocument, entry: Entry) -> CourseDocument:
    """Take a place."""
    return _places(document, entry, [*document["enrolled"], entry.data["mandate"]])


def cancelled(document: CourseDocument, entry: Entry) -> CourseDocument:
    """Give a place back."""
    left = [each for each in document["enrolled"] if each != entry.data["mandate"]]
    return _places(document, entry, left)


def attended(document: CourseDocument, entry: Entry) -> CourseDocument:
    """Note the minutes earned."""
    minutes = {**document["attended"], entry.data["mandate"]: entry.data["minutes"]}
    return {**document, "attended": minutes, "updated": entry.time}


def held(document: CourseDocument, entry: Entry) -> CourseDocument:
    """End."""
    return {**document, "stage": "held", "held": entry.data["day"], "updated": entry.time}


def shows(document: CourseDocument, reader: Reader) -> CourseDocument | None:
    """Show all to the offices; to deputies the course, who comes, and their own minutes."""
    if reader.role in OFFICE:
        return document
    if reader.role != "deputy":
        return None
    own = {key: value for key, value in document["attended"].items() if key == reader.holds}
    return {**document, "attended": own}


COURSES = View(
    "courses",
    1,
    CourseDocument,
    {
        said.CoursePlanned: planned,
        said.DeputyEnrolled: enrolled,
        said.EnrolmentCancelled: cancelled,
        said.DeputyAttended: attended,
        said.CourseHeld: held,
    },
    shows=shows,
    names=lambda document: document.get("enrolled", ()),
    fields=("stage", "topic", "mode", "starts", "enrolled", "updated"),
    etag=True,
)
