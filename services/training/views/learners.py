"""The learners: what each deputy needs, attended and earned, by mandate."""

from typing import Any

from typing_extensions import TypedDict

from events.catalogue import training as said
from events.catalogue.envelope import Entry
from services.chassis.shapes import Reader, View
from services.training.views.courses import OFFICE


class LearnerDocument(TypedDict, total=False):
    """A deputy in one mandate. `minutes` are by topic, `attended` by course.

    `open` and `met` are the topics of the needs; `needs` has for each why it was found
    and, once met, the course that met it.
    """

    id: str
    mandate: str
    needs: dict[str, dict[str, Any]]
    open: list[str]
    met: list[str]
    enrolled: list[str]
    attended: dict[str, dict[str, Any]]
    minutes: dict[str, int]
    minutes_total: int
    names: dict[str, Any]
    updated: str


def keys(entry: Entry) -> tuple[str, ...]:
    """Route by the mandate that the entry names, or whose needs its stream has."""
    return (entry.data.get("mandate") or entry.subject.replace("need/", "mandate/", 1),)


def _learner(document: LearnerDocument, entry: Entry, **changes: Any) -> LearnerDocument:  # noqa: ANN401
    begun = {
        "mandate": keys(entry)[0],
        "needs": {},
        "open": [],
        "met": [],
        "enrolled": [],
        "attended": {},
        "minutes": {},
        "minutes_total": 0,
    }
    return {**begun, **document, **changes, "updated": entry.time}  # type: ignore[typeddict-item]


def _needs(document: LearnerDocument, entry: Entry, need: dict[str, Any]) -> LearnerDocument:
    needs = {**document.get("needs", {}), entry.data["topic"]: need}
    met = sorted(topic for topic, each in needs.items() if "course" in each)
    still = sorted(topic for topic in needs if topic not in met)
    return _learner(document, entry, needs=needs, open=still, met=met)


def found(document: LearnerDocument, entry: Entry) -> LearnerDocument:
    """Open a need, and say why."""
    return _needs(document, entry, {"because": entry.data["because"], "found": entry.time})


def met(document: LearnerDocument, entry: Entry) -> LearnerDocument:
    """Close a need with the course that met it."""
    known = document["needs"][entry.data["topic"]]
    return _needs(document, entry, {**known, "course": entry.data["course"], "met": entry.time})


def enrolled(document: LearnerDocument, entry: Entry) -> LearnerDocument:
    """Expect the deputy at a course."""
    return _learner(document, entry, enrolled=[*document.get("enrolled", ()), entry.subject])


def cancelled(document: LearnerDocument, entry: Entry) -> LearnerDocument:
    """Expect him no longer."""
    left = [each for each in document["enrolled"] if each != entry.subject]
    return _learner(document, entry, enrolled=left)


def attended(document: LearnerDocument, entry: Entry) -> LearnerDocument:
    """Add the minutes earned to those of the topic."""
    topic, earned = entry.data["topic"], entry.data["minutes"]
    minutes = document.get("minutes", {})
    return _learner(
        document,
        entry,
        attended={
            **document.get("attended", {}),
            entry.subject: {"topic": topic, "minutes": earned, "when": entry.time},
        },
        minutes={**minutes, topic: minutes.get(topic, 0) + earned},
        minutes_total=document.get("minutes_total", 0) + earned,
    )


def shows(document: LearnerDocument, reader: Reader) -> LearnerDocument | None:
    """Show it to the offices and to the deputy himself."""
    return document if reader.role in OFFICE or reader.holds == document["mandate"] else None


LEARNERS = View(
    "learners",
    1,
    LearnerDocument,
    {
        said.NeedFound: found,
        said.NeedMet: met,
        said.DeputyEnrolled: enrolled,
        said.EnrolmentCancelled: cancelled,
        said.DeputyAttended: attended,
    },
    keys=keys,
    shows=shows,
    names=lambda document: [document["mandate"]] if "mandate" in document else [],
    fields=("mandate", "open", "met", "minutes_total", "updated"),
)
