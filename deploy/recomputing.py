"""A published figure computed again: from the ledger alone, up to the entry it stands on."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from deploy.moving import Refused
from events.catalogue.envelope import Entry
from services.chassis.projecting import BATCH, sources
from services.chassis.shapes import Document
from services.reporting.api import computed
from services.reporting.views.figures import FIGURES

COMPARED = ("items", "units", "figures", "at")
LEDGER = re.compile(f"{sources(FIGURES)[0]}/(?:[0-9]{{6}}|[0-9]{{9}})")


class Journal(Protocol):
    """Where entries are kept."""

    async def fetch(self, ledger: str, after: int, limit: int) -> Sequence[bytes]:
        """Give at most `limit` entries of a ledger above `after`, in order."""
        ...


class Standing(Protocol):
    """A house, or what is opened of one."""

    @property
    def journal(self) -> Journal:
        """Give its journal."""
        ...


async def figure_of(standing: Standing, asked: Mapping[str, Any], _moved: Callable[..., None]) -> Document:
    """Compute saved figures (the JSON of `getFigures`) again, and say what differs.

    Gives `ledger`, `position`, how many numbers were `compared`, and `differing`: each with its
    name, as `published` and as `computed`.

    Raises:
        Refused: when the file is none of figures, or the ledger does not reach its position.

    """
    saved = asked["saved"]
    ledger, position = stands(saved)
    document = await folded(standing.journal, ledger, position, f"figures/{saved['session']}")
    published, found = told(saved), told(computed(document, saved.get("occasion")))
    differing = [
        {"name": name, "published": published.get(name), "computed": found.get(name)}
        for name in sorted(published.keys() | found.keys())
        if published.get(name) != found.get(name)
    ]
    return {"ledger": ledger, "position": position, "compared": len(found), "differing": differing}


def stands(saved: Any) -> tuple[str, int]:  # noqa: ANN401 - whatever the file holds
    """Give the ledger and the sequence that saved figures stand on, or refuse the file."""
    no = "this is not the JSON of GET figures: session, figures and one position belong to it"
    try:
        ((ledger, position),) = saved["positions"].items()
        told(saved)
        sound = LEDGER.fullmatch(ledger) and type(position) is int and "session" in saved
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Refused(no) from error
    if not sound:
        raise Refused(no)
    return ledger, position


def told(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give every number by its name: `items`, `replied.numerator`."""
    found = {name: body[name] for name in COMPARED if name != "figures"}
    for each in body["figures"]:
        found |= {f"{each['key']}.{name}": value for name, value in each.items() if name != "key"}
    return found


async def folded(journal: Journal, ledger: str, position: int, key: str) -> Mapping[str, Any]:
    """Fold one document of the figures up to a position, without any shelf."""
    document, after = dict[str, Any](), 0
    while after < position:
        raws = await journal.fetch(ledger, after, min(BATCH, position - after))
        if not raws:
            raise Refused(f"{ledger} does not reach {position}; its last entry is {after}")
        for entry in map(Entry, raws):
            if entry.type in FIGURES.by_wire and key in FIGURES.keys(entry):
                document = FIGURES.project(document, entry)
        after += len(raws)
    return document


DEEDS = {"figure": figure_of}
