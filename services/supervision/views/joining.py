"""A dossier is joined on reading: four parts, and what became of what the deputy signed."""

from collections.abc import Mapping, Sequence

from services.chassis.shapes import Document
from services.supervision.views.dossier import DossierDocument, Figures

BEGAN = ("day", "attended", "addressed", "answered", "escalated")
ON_BOARD = ("title", "stage", "number", "reply_class", "label", "result")


def joined(mandate: str, parts: Mapping[str, Document], board: Mapping[str, Document]) -> DossierDocument:
    """Join the parts of the four ledgers; what became of a suggestion stands on the board."""
    signed = rows(parts["suggestions"], "suggestions")
    for each in signed:
        each["as"] = "lead" if each["lead"] == mandate else "cosigner"
        found = board.get(each["id"], {})
        each |= {name: found[name] for name in ON_BOARD if name in found}
    document: DossierDocument = {
        "mandate": mandate,
        "facts": parts["deputies"],
        "suggestions": signed,
        "ratings": rows(parts["suggestions"], "ratings"),
        "stations": parts["liaison"].get("stations", []),
        "opinions": rows(parts["liaison"], "opinions"),
        "courses": rows(parts["training"], "courses"),
    }
    document["figures"] = figures(document)
    return document


def rows(part: Document, name: str) -> list[Document]:
    """Give the rows of a part with their ids, by the day or moment at which each began."""
    found = [{"id": key, **facts} for key, facts in part.get(name, {}).items()]
    return sorted(found, key=lambda row: min(row[each] for each in BEGAN if each in row))


def figures(document: DossierDocument) -> Figures:
    """Count each kind of work in its own unit."""
    opinions, courses = document["opinions"], document["courses"]
    return {
        "led": having(document["suggestions"], "as", "lead"),
        "cosigned": having(document["suggestions"], "as", "cosigner"),
        "rated": len(document["ratings"]),
        "opinions_addressed": sum("addressed" in each for each in opinions),
        "opinions_answered": sum("answered" in each for each in opinions),
        "opinions_escalated": sum("escalated" in each for each in opinions),
        "courses": len(courses),
        "minutes": sum(each["minutes"] for each in courses),
    }


def having(found: Sequence[Document], name: str, value: str) -> int:
    """Count the rows in which a field has a value."""
    return sum(each[name] == value for each in found)
