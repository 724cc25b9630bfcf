"""The page that shows every part in every state, for the eye and for the browser tests."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from gateway.rendering import Language, Rendering

TODAY: Final = date(2025, 5, 20)
STATES: Final = ("draft", "under_review", "in_handling", "replied", "redo", "overdue", "withdrawn")
DUES: Final = (
    (date(2025, 8, 27), 71),
    (date(2025, 5, 27), 5),
    (date(2025, 5, 21), None),
    (TODAY, 0),
    (date(2025, 5, 17), None),
    (None, None),
)

Say = Callable[[str], str]


def page(rendering: Rendering, language: Language, *, elder: bool = False) -> str:
    """Render the style guide in `language`, as a signed-in deputy would see it."""

    def said(key: str) -> str:
        return rendering.words.say(language, f"styleguide.{key}")

    return rendering.render(
        "styleguide/styleguide.html",
        language,
        **_frame(said("congress"), said("user"), said("role")),
        elder=elder,
        keys=True,
        today=TODAY,
        why=_why(said),
        states=STATES,
        dues=DUES,
        rows=tuple({"no": 9999 - at, **row} for at, row in enumerate(_rows(said))),
    )


def _frame(congress: str, user: str, role: str) -> Mapping[str, object]:
    labels = ("home", "suggestions", "opinions", "stations", "meetings", "training", "dossier")
    entries = [
        {"href": f"#{name}", "label_key": f"nav.{name}", "current": name == "suggestions"} for name in labels
    ]
    house = {"congress": "haidong", "congress_name": congress, "example_time": str(TODAY)}
    reader = {"name": user, "role": "deputy", "role_name": role, "home": "#home"}
    return {"house": house, "user": reader, "nav": entries, "csrf": "0", "flash": None}


def _why(said: Say) -> Mapping[str, object]:
    words = {key: said(key) for key in ("event", "rule", "article", "rulebook", "calendar")}
    days = (
        {"day": date(2025, 4, 4), "until": date(2025, 4, 6), "name": said("holiday_qingming")},
        {"day": date(2025, 5, 1), "until": None, "name": said("holiday_may")},
    )
    return {"start": date(2025, 2, 27), "skipped": days, "provisional": True, **words}


def _rows(said: Say) -> tuple[Mapping[str, object], ...]:
    long, short = said("case_title"), said("row_short")
    main, other = said("who_long"), said("unit_short")
    return (
        {"matter": long, "unit": main, "state": "redo", "due": date(2025, 5, 12), "left": None},
        {"matter": short, "unit": other, "state": "in_handling", "due": TODAY, "left": 0},
        {"matter": short, "unit": other, "state": "assigned", "due": date(2025, 5, 27), "left": 5},
        {"matter": long, "unit": other, "state": "replied", "due": None, "left": None},
    )
