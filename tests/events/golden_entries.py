"""One golden entry for every event version: `python -m tests.events.golden_entries`.

Writes what is missing and touches nothing that stands: these bytes are in somebody's journal.
A version that is no longer current keeps its entry for ever.
"""

import datetime as dt
from pathlib import Path

from events.catalogue.envelope import decided, instant, placed
from events.catalogue.event import Event
from events.catalogue.registry import BY_SERVICE
from tests.events.samples import STREAMS, sampled

FOLDER = Path(__file__).parent / "golden"
NAMES = FOLDER / "names.txt"
WHEN = dt.datetime(2025, 2, 27, 1, 2, 3, 4, tzinfo=dt.UTC)


def made(service: str, event: type[Event]) -> bytes:
    """Give the bytes of an entry as the journal keeps them, with every attribute present."""
    part = decided(
        type=event.wire,
        subject=STREAMS[event.wire.partition(".")[0]],
        time=WHEN,
        congress="630200",
        actor="staff/clerk",
        correlationid="c1",
        causationid="liaison/630200/4",
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        rulebook="national@2025",
        calendar="cn@2025",
        standson=("deputies/630200/17", "liaison/630200/4"),
        dataschema=f"/schemas/{event.wire}",
        data=sampled(event).data(),
    )
    return placed(
        ledger=f"{service}/630200",
        sequence=41,
        recordedtime=instant(WHEN + dt.timedelta(seconds=2)),
        prevhash="ab" * 32,
        decided=part,
    )


def names() -> list[str]:
    """Give the wire names ever used, in order of arrival."""
    return NAMES.read_text("utf-8").split() if NAMES.exists() else []


def golden() -> dict[str, bytes]:
    """Give the golden entries by wire name; the line end belongs to the file."""
    files = sorted(FOLDER.glob("*.json"))
    return {file.name.removesuffix(".json"): file.read_bytes()[:-1] for file in files}


def complete() -> None:
    """Write entries and names that are missing."""
    FOLDER.mkdir(exist_ok=True)
    held = names()
    for service, events in BY_SERVICE.items():
        for wire, event in events.items():
            file = FOLDER / f"{wire}.json"
            if not file.exists():
                file.write_bytes(made(service, event) + b"\n")
            if wire not in held:
                held.append(wire)
    NAMES.write_text("".join(f"{wire}\n" for wire in held), "utf-8")


if __name__ == "__main__":
    complete()
