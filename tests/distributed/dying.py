"""A part of the house that dies at a step: `python -m tests.distributed.dying STEP ARMED serve deputies`.

It is the part's own process and code; only at the named step it kills itself, once the file ARMED is
there. No such setting exists in the house.
"""

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer

from deploy import cli
from events.bus.kafka.publisher import KafkaPublisher
from events.journal.mongo import MongoJournal
from events.journal.outbox import MongoOutbox
from services.chassis.projecting import Fold
from services.chassis.shelf.mongo import MongoShelf


class Place(NamedTuple):
    """A method whose call is the step, and whether death comes after it."""

    owner: type
    method: str
    after: bool = False


STEPS: Mapping[str, Place] = {
    "service: decided, before append": Place(MongoJournal, "append"),
    "service: after append, before answer": Place(MongoJournal, "append", after=True),
    "relay: read, before send": Place(KafkaPublisher, "publish"),
    "relay: sent, before mark": Place(MongoOutbox, "relayed"),
    "projector: fetched, before fold": Place(Fold, "take"),
    "projector: folded, before documents": Place(MongoShelf, "_write"),
    "projector: documents, before mark": Place(MongoShelf, "_write", after=True),
    "projector: mark, before offset": Place(AIOKafkaConsumer, "commit"),
    "reactor: decided, before append": Place(MongoJournal, "append"),
    "reactor: after append, before mark": Place(MongoJournal, "append", after=True),
}


def plant(place: Place, armed: Path) -> None:
    """Put death at a step."""
    original = getattr(place.owner, place.method)

    def die() -> None:
        if armed.exists():
            os.kill(os.getpid(), signal.SIGKILL)

    async def planted(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - any method
        if not place.after:
            die()
        answer = await original(*args, **kwargs)
        die()
        return answer

    setattr(place.owner, place.method, planted)


if __name__ == "__main__":
    plant(STEPS[sys.argv.pop(1)], Path(sys.argv.pop(1)))
    cli.main()
