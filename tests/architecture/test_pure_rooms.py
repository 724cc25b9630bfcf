"""House rules that imports cannot show, and the proof that each of them sees."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.architecture import purity
from tests.rulebook import HOUSE

PACKAGES = ("deploy", "events", "gateway", "services")
PURE = (
    "services/*/*/commands.py", "services/*/*/refusals.py", "services/*/*/state.py",
    "services/*/*/rules.py", "services/*/*/rules/*.py", "services/*/references.py",
    "services/*/reactions.py", "services/*/views/*.py", "services/chassis/shapes.py",
    "services/chassis/workdays.py", "services/chassis/auditing/*.py",
    "events/catalogue/*.py", "events/proof/*.py",
)  # fmt: skip
DUTIES = PURE[:8]
PURE_WALL = "The pure rooms touch no machinery, not even through a friend"

# Who may ask for the time, and what for; decisions are handed it.
MAY_ASK_THE_TIME = {
    "services/chassis/clock.py": "it is the clock",
    "services/chassis/handling.py": "it hands the instant to every decision",
    "services/chassis/web/desk.py": "a reader sees the lights of today",
    "services/chassis/web/past.py": "a moment that is too young is not final",
    "services/chassis/web/recalling.py": "what is asked for must have come",
    "services/training/api.py": "figures say as of when they hold",
    "deploy/auditing.py": "a report says when it ran",
    "deploy/backing.py": "a new house notes when it was founded",
    "deploy/fronting.py": "every page's head says the day",
    "deploy/moving.py": "an export says when it was made",
    "deploy/copying.py": "a copy says when it was made",
    "deploy/folder.py": "a new house notes when it was founded",
    "deploy/upkeep.py": "orphans are a day old",
}

# Written in halves: this file, too, is searched.
ELSEWHERE = re.compile(
    r"(?:\.\./" + r"shared\b"
    r"|\b(?:architecture|domain|pages|reliability)" + r"\.md\b"
    r"|(?<![\w.}\])])/(?:work|root|home)" + r"/\w"
    r"|\b(?:pypi|pythonhosted|npmjs|npmmirror|crates|docker|ghcr)" + r"\.(?:org|io|com)\b)"
)
TEXTS = {".css", ".html", ".js", ".json", ".md", ".py", ".toml", ".txt", ".yaml", ".yml", ".in"}
FOREIGN = {"vendor", "__pycache__", "node_modules", "schemas"}


def matching(patterns: Iterable[str]) -> list[Path]:
    """Give the files of the house that match."""
    return sorted({file for pattern in patterns for file in HOUSE.glob(pattern)})


def offences(files: Iterable[Path], *rules: purity.Rule) -> str:
    """Give every offence on a line of its own; none: the empty text."""
    found = [
        f"{file.relative_to(HOUSE)}:{offence}"
        for file in files
        for rule in rules
        for offence in rule(file.read_text("utf-8"))
    ]
    return "\n".join(found)


def sources(*folders: str) -> list[Path]:
    """Give the Python files of these folders."""
    return matching(f"{folder}/**/*.py" for folder in folders)


def machinery() -> frozenset[str]:
    """Give what the contract of the pure rooms forbids: one list for both."""
    settings = tomllib.loads((HOUSE / "pyproject.toml").read_text("utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    return next(frozenset(each["forbidden_modules"]) for each in contracts if each["name"] == PURE_WALL)


def texts() -> Iterator[Path]:
    """Give every text that belongs to the house: code, tests, pages, settings."""
    for file in HOUSE.iterdir():
        if file.is_file() and (file.suffix in TEXTS or file.name == "Makefile"):
            yield file
    for folder in (*PACKAGES, "tests", "docs", "requirements"):
        for file in sorted((HOUSE / folder).rglob("*")):
            if file.suffix in TEXTS and not FOREIGN & set(file.parts):
                yield file


def names_elsewhere(text: str) -> Iterator[str]:
    """Find what means nothing outside the place where the house was built."""
    for number, line in enumerate(text.splitlines(), 1):
        if found := ELSEWHERE.search(line):
            yield f"{number}: {found[0]}"


def test_pure_rooms_neither_wait_nor_throw_nor_look_out() -> None:
    """A domain is pure functions: no async, no clock, no door, no machinery."""
    rules = (purity.waits, purity.asks_the_time, purity.opens_doors, purity.imports(machinery()))
    assert (found := offences(matching(PURE), *rules)) == "", found


def test_a_no_is_a_value() -> None:
    """`raise` is absent from the rooms of the duties and around them."""
    assert (found := offences(matching(DUTIES), purity.raises)) == "", found


def test_time_comes_from_one_place() -> None:
    """Time arrives in the circumstances: only the clock, handling and those named ask for it."""
    files = [file for file in sources(*PACKAGES) if named(file) not in MAY_ASK_THE_TIME]
    assert (found := offences(files, purity.asks_the_time)) == "", found


def test_whoever_may_ask_the_time_does() -> None:
    """A permission that nobody uses is taken back."""
    files = [HOUSE / path for path in MAY_ASK_THE_TIME]
    assert [named(file) for file in files if not offences([file], purity.asks_the_time)] == []


def named(file: Path) -> str:
    """Give a file's path in the house."""
    return str(file.relative_to(HOUSE))


def test_nothing_is_swallowed_or_put_off() -> None:
    """No bare except, no promise, and no checker silenced without saying which."""
    files = sources(*PACKAGES, "tests")
    rules = (purity.swallows, purity.leaves_undone, purity.silences)
    assert (found := offences(files, *rules)) == "", found


def test_the_house_stands_alone() -> None:
    """Nothing names the papers or the machine it was built from, nor a registry's host."""
    assert (found := offences(texts(), names_elsewhere)) == "", found


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (purity.waits, "async def f() -> None: ..."),
        (purity.waits, "async def f() -> None:\n    await g()"),
        (purity.raises, "def f() -> None:\n    raise ValueError"),
        (purity.asks_the_time, "when = clock.now()"),
        (purity.asks_the_time, "day = dt.date.today()"),
        (purity.opens_doors, "text = open('a').read()"),
        (purity.opens_doors, "print(1)"),
        (purity.imports(frozenset({"os"})), "import os.path"),
        (purity.imports(frozenset({"os"})), "def f() -> None:\n    from os import environ"),
        (purity.swallows, "try:\n    f()\nexcept:\n    pass"),
        (purity.leaves_undone, "ONE = 1  # TO" + "DO: two"),
        (purity.silences, "f()  # type: " + "ignore"),
        (purity.silences, "f()  # no" + "qa"),
        (purity.silences, "# ruff: no" + "qa"),
        (names_elsewhere, "see ../" + "shared/"),
        (names_elsewhere, "as architecture" + ".md says"),
        (names_elsewhere, "FOLDER = '/wo" + "rk/main'"),
        (names_elsewhere, "https://py" + "pi.org/simple"),
    ],
)
def test_each_rule_sees(rule: purity.Rule, source: str) -> None:
    """A rule that nobody broke may be blind."""
    assert list(rule(source))


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (purity.raises, "def f() -> None:\n    '''Raise nothing.'''"),
        (purity.asks_the_time, "day = circumstances.today\nnow = circumstances.now"),
        (purity.opens_doors, "station = door.open(1)"),
        (purity.imports(frozenset({"os", "time"})), "import datetime as dt\nfrom a.time import b"),
        (purity.swallows, "try:\n    f()\nexcept ValueError:\n    g()"),
        (purity.silences, "f()  # type: ignore[arg-type]\ng()  # noqa: S101 - a reason"),
        (
            names_elsewhere,
            "home = f'/{congress}/home'; page = '/{congress}/work/1'; a = 'x/home/1'",
        ),
    ],
)
def test_no_rule_sees_ghosts(rule: purity.Rule, source: str) -> None:
    """What only looks like an offence passes."""
    assert list(rule(source)) == []
