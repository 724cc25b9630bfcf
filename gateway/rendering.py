"""How a page is said: templates, the words of both languages, dates, spans and rates.

The only importer of jinja2. Nothing happens at import: the gateway's main builds one `Rendering`.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from hashlib import sha256
from pathlib import Path
from tomllib import loads
from typing import Final, Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime
from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

Language = Literal["zh", "en"]
Text = str | Mapping[str, str]
Instant = date | str

LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")
LEGAL_ZONE: Final = ZoneInfo("Asia/Shanghai")
LOCALES: Final[Mapping[Language, str]] = {"zh": "zh_Hans_CN", "en": "en_GB"}
PATTERNS: Final[Mapping[Language, Mapping[str, str]]] = {
    "zh": {"date": "y年M月d日（EEE）", "day": "y年M月d日", "moment": "y年M月d日 HH:mm"},
    "en": {"date": "EEE d MMMM y", "day": "d MMMM y", "moment": "d MMMM y, HH:mm"},
}


class Words:
    """Every sentence the pages can say, by language and key (`family.key`).

    `folder` holds one folder per language and in it one TOML file per family. A text is a whole
    sentence with named gaps, or a table of plural forms chosen by the gap `count`.
    """

    def __init__(self, folder: Path) -> None:
        self._texts = {language: _catalogue(folder / language) for language in LANGUAGES}

    def keys(self, language: Language) -> frozenset[str]:
        """All keys that `language` knows."""
        return frozenset(self._texts[language])

    def say(self, language: Language, key: str, **gaps: object) -> str:
        """Fill the text under `key`; a missing key or gap raises `KeyError`.

        A gap that is markup (a link inside the sentence) makes the whole sentence markup.
        """
        text = self._texts[language][key]
        count = gaps.get("count")
        if isinstance(count, int):
            gaps["count"] = format_decimal(count, locale=LOCALES[language])
        if not isinstance(text, str):
            text = text[_plural(LOCALES[language], text, count)]
        marked = any(isinstance(gap, Markup) for gap in gaps.values())
        return escape(text).format(**gaps) if marked else text.format(**gaps)


class Speech:
    """How one language says days, spans, rates, numbers and codes."""

    def __init__(self, words: Words, language: Language) -> None:
        self._words = words
        self._language = language

    def t(self, key: str, /, **gaps: object) -> str:
        """Say the text under `key`, with its named gaps filled."""
        return self._words.say(self._language, key, **gaps)

    def date(self, when: Instant) -> str:
        """2025年2月27日（周四）."""
        return self._formatted("date", when)

    def day(self, when: Instant) -> str:
        """2025年2月27日, for tables."""
        return self._formatted("day", when)

    def moment(self, when: Instant) -> str:
        """2025年2月27日 14:05, in the legal zone."""
        return self._formatted("moment", when)

    def number(self, count: float) -> str:
        """9,999."""
        return format_decimal(count, locale=LOCALES[self._language])

    def span(self, due: Instant, today: Instant, workdays: int | None = None) -> str:
        """还有 5 个工作日, 今天到期 or 逾期 3 天; without `workdays` the days of the calendar."""
        days = days_left(due, today)
        if days < 0:
            return self.t("parts.days_late", count=-days)
        if days == 0:
            return self.t("parts.due_today")
        counted = "days_left" if workdays is None else "workdays_left"
        return self.t(f"parts.{counted}", count=days if workdays is None else workdays)

    def percent(self, part: int | None, whole: int | None) -> str:
        """96.6%, or — when there is nothing to divide by; 100% only when nothing is missing."""
        if not whole or part is None:
            return "—"
        share = (Decimal(part) * 100 / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)
        if 0 < part < whole:
            share = min(max(share, Decimal("0.1")), Decimal("99.9"))
        return f"{share.normalize():f}%" if part in {0, whole} else f"{share}%"

    def rate(self, part: int | None, whole: int | None) -> str:
        """96.6%（28/29）; —（0/0） when there is nothing to divide by."""
        counts = {"part": self.number(part or 0), "whole": self.number(whole or 0)}
        return self.t("parts.rate", percent=self.percent(part, whole), **counts)

    def size(self, count: int) -> str:
        """Bytes as people read them: 640 KB, 1.2 MB."""
        kilo, mega = max(1, round(count / 1e3)), round(count / 1e6, 1)
        return f"{self.number(kilo)} KB" if mega < 1 else f"{self.number(mega)} MB"

    def _formatted(self, pattern: str, when: Instant) -> str:
        said, locale = PATTERNS[self._language][pattern], LOCALES[self._language]
        return format_datetime(_local(when), said, locale=locale)


class Rendering:
    """Templates in both languages; build one, keep it, call `render`."""

    def __init__(self, folder: Path = Path(__file__).parent) -> None:
        self.words: Final = Words(folder / "words")
        self._assets = _stamped(folder / "static")
        self._rooms = {language: self._room(folder, language) for language in LANGUAGES}

    def render(self, template: str, request_language: Language, /, **context: object) -> str:
        """Fill `template` in the language of the request; an unknown name raises."""
        return self._rooms[request_language].get_template(template).render(context)

    def asset(self, name: str) -> str:
        """Address of a static file, stamped with its content so that it may be cached for good."""
        return self._assets.get(name, f"/static/{name}")

    def _room(self, folder: Path, language: Language) -> Environment:
        speech = Speech(self.words, language)
        room = Environment(
            loader=FileSystemLoader(folder / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        said = ("date", "day", "moment", "number", "size", "rate", "percent", "span")
        room.filters.update({name: getattr(speech, name) for name in said})
        room.filters.update(code=grouped, iso=lambda when: str(when).replace(" ", "T"))
        room.globals.update(lang=language, t=speech.t, rate=speech.rate, percent=speech.percent)
        room.globals.update(span=speech.span, days_left=days_left, asset=self.asset)
        return room


def days_left(due: Instant, today: Instant) -> int:
    """Days of the calendar from `today` to `due`; negative when it is over."""
    return (_local(due).date() - _local(today).date()).days


def grouped(code: str) -> str:
    """Write a receipt code as people read it out: 7QK3-9M2P-X4TD."""
    plain = code.replace("-", "").replace(" ", "").upper()
    return "-".join(plain[at : at + 4] for at in range(0, len(plain), 4))


def _local(when: Instant) -> datetime:
    """Read a day, an instant or its ISO text on the legal clock; an instant needs its zone."""
    if isinstance(when, str):
        when = datetime.fromisoformat(when) if "T" in when else date.fromisoformat(when)
    if not isinstance(when, datetime):
        return datetime(when.year, when.month, when.day, tzinfo=LEGAL_ZONE)
    if when.tzinfo is None:
        raise ValueError(f"An instant without its zone is no instant: {when.isoformat()}")
    return when.astimezone(LEGAL_ZONE)


def _plural(locale: str, forms: Mapping[str, str], count: object) -> str:
    if not isinstance(count, int):
        raise KeyError("count")  # the gap that chooses the form
    form = Locale.parse(locale).plural_form(count)
    return form if form in forms else "other"


def _catalogue(folder: Path) -> Mapping[str, Text]:
    texts: dict[str, Text] = {}
    for path in sorted(folder.glob("*.toml")):
        family = loads(path.read_text("utf-8"))
        texts |= {f"{path.stem}.{key}": text for key, text in family.items()}
    return texts


def _stamped(folder: Path) -> Mapping[str, str]:
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.*")}
    stamps = {name: sha256(path.read_bytes()).hexdigest()[:10] for name, path in files.items()}
    return {name: f"/static/{name}?v={stamp}" for name, stamp in stamps.items()}
