"""The published rates, counted anew from the matters of a session.

Each line is a definition of the house's figures page: so many out of so many. Codes are those under
which the house publishes.
"""

from collections.abc import Callable, Iterable
from typing import Any

from .matters import Matter

Test = Callable[[Matter], bool]
CLASSES = (
    "resolved_or_adopted", "in_progress", "planned", "not_now_conditions",
    "for_reference_or_infeasible", "escalated_to_higher_level",
)  # fmt: skip
"""Reply classes, from the one that promises most to the one that promises least."""
KINDS = {"before", "during", "after"}


def _admitted(matter: Matter) -> bool:
    return bool(matter.admitted)


def _assigned(matter: Matter) -> bool:
    return bool(matter.assigned)


def _replied(matter: Matter) -> bool:
    return bool(matter.replied)


def _rated(matter: Matter) -> bool:
    return bool(matter.results)


def _rated_first(matter: Matter) -> bool:
    return 0 in matter.results


def _first(*results: str) -> Test:
    return lambda matter: matter.results[0] in results


def _last(*results: str) -> Test:
    return lambda matter: matter.results[max(matter.results)] in results


def _met(mode: str) -> Test:
    return lambda matter: any(each == mode for _, each in matter.contacts)


def _outcome(*classes: str) -> Test:
    def test(matter: Matter) -> bool:
        given = [matter.classes[each] for each in matter.required if each in matter.classes]
        return bool(matter.replied and given) and max(given, key=CLASSES.index) in classes

    return test


SATISFIED, BASICALLY = "satisfied", "basically_satisfied"

RATES: tuple[tuple[str, Test, Test], ...] = (
    ("assigned", _assigned, _admitted),
    ("assigned-in-time", lambda m: bool(m.assigned) and m.assigned <= m.assign_by,
     lambda m: _admitted(m) and bool(m.assign_by)),
    ("replied", _replied, _assigned),
    ("replied-in-time", lambda m: bool(m.replied) and m.replied <= m.statutory,
     lambda m: _assigned(m) and bool(m.statutory)),
    ("concluded-formally", _replied, _assigned),
    ("concluded", lambda m: _replied(m) and not m.redo_open, _assigned),
    ("rated", _rated, _replied),
    ("satisfied-first", _first(SATISFIED), _rated_first),
    ("satisfied", _last(SATISFIED), _rated),
    ("accepted-first", _first(SATISFIED, BASICALLY), _rated_first),
    ("accepted", _last(SATISFIED, BASICALLY), _rated),
    ("met", _met("face_to_face"), _assigned),
    ("met-online", _met("online"), _assigned),
    ("met-thrice", lambda m: {kind for kind, _ in m.contacts} == KINDS, _assigned),
    ("resolved", _outcome(*CLASSES[:1]), _replied),
    ("resolved-or-planned", _outcome(*CLASSES[:3]), _admitted),
)  # fmt: skip


def figures(matters: Iterable[Matter]) -> dict[str, Any]:
    """Count a session: `items` accepted, `units` that handle them, every rate as [so many, out of]."""
    counted = [each for each in matters if not each.refused]
    accepted = [each for each in counted if _admitted(each)]
    rates = {}
    for name, test, among in RATES:
        base = [each for each in counted if among(each)]
        rates[name] = [sum(map(test, base)), len(base)]
    units = {unit for each in accepted for unit in each.units}
    return {"items": len(accepted), "units": len(units), "rates": rates}
