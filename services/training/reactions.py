"""What others' events, and our own, ask of training."""

from collections.abc import Iterable, Mapping
from typing import Any

from events.catalogue import deputies, training
from events.catalogue.envelope import Entry
from services.chassis.shapes import Reaction, Send
from services.training.plan.commands import FindNeed, MeetNeed
from services.training.plan.rules import PLAN


def need_of(mandate: str) -> str:
    """Name the stream of a mandate's needs."""
    return mandate.replace("mandate/", "need/", 1)


def first_term_course(entry: Entry, _known: Mapping[str, Any]) -> Iterable[Send]:
    """Find, for every mandate confirmed, that its deputy needs the course of the first term."""
    command = FindNeed(topic=training.Topic.FIRST_TERM, because="mandate-confirmed")
    yield Send(command, PLAN, need_of(entry.subject))


def attended(entry: Entry, _known: Mapping[str, Any]) -> Iterable[Send]:
    """Meet the need of whoever attended; without an open one there is nothing to do."""
    command = MeetNeed(topic=training.Topic(entry.data["topic"]), course=entry.subject)
    yield Send(command, PLAN, need_of(entry.data["mandate"]))


REACTIONS = (
    Reaction("need-from-mandate", (deputies.MandateConfirmed,), first_term_course),
    Reaction("need-met-by-attendance", (training.DeputyAttended,), attended),
)
