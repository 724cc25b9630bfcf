"""Words that stand in one congress alone: whoever hears them elsewhere heard too much."""

from collections.abc import Mapping
from dataclasses import dataclass

from events.catalogue.envelope import Entry
from gateway.clients.port import Answer
from tests.journeys.visiting import DATA, LOGINS, Visit, Visitor

SHORTEST = 3
"""Shorter words (a number, a key of two letters) may stand anywhere by chance."""


@dataclass(frozen=True, slots=True)
class Canaries:
    """Ids and names of things and people, by the congress to which alone they belong."""

    words: Mapping[str, frozenset[str]]

    @classmethod
    async def of(cls, visit: Visit) -> "Canaries":
        """Gather ids from the ledgers and names from the example's data."""
        found = {congress: await _ids(visit, congress) | _names(congress) for congress in LOGINS}
        shared = frozenset.intersection(*found.values())
        return cls({congress: words - shared for congress, words in found.items()})

    def told(self, answer: Answer, who: Visitor, congress: str, *, public: bool) -> list[str]:
        """Give the words of a congress that a stranger to it was told, but for public ones."""
        text = answer.body.decode(errors="replace")
        strange = {
            each for each in self.words
            if each != who.congress and not (public and each == congress)
        }  # fmt: skip
        return [word for each in strange for word in self.words[each] if word in text]


async def _ids(visit: Visit, congress: str) -> frozenset[str]:
    heads = await visit.house.ports.journal.heads()
    found = set[str]()
    for ledger, head in heads.items():
        if ledger.endswith(f"/{congress}"):
            for raw in await visit.house.ports.journal.fetch(ledger, 0, head.sequence):
                found.add(Entry(raw).subject.partition("/")[2])
    return frozenset(each for each in found if len(each) > 2 * SHORTEST and each != congress)


def _names(congress: str) -> frozenset[str]:
    """Name its people, its suggestions and its stations."""
    people = [*DATA["deputy"], *DATA["staff"]]
    mine = [each["name"] for each in people if each["congress"] == congress]
    titles = [each["title"] for each in DATA["suggestion"] if each["congress"] == congress]
    stations = [each["name"] for each in DATA["station"] if each["congress"] == congress]
    return frozenset(each for each in (*mine, *titles, *stations) if len(each) >= SHORTEST)
