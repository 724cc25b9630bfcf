"""Every no that stands on the page is said by a rule, and heard in a case."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.chassis.problems import STATUS, refused
from services.chassis.shapes import Command, Refusal
from services.suggestions.suggestion import commands, refusals
from services.suggestions.suggestion.rules.decider import RULES

HERE = Path(__file__).parent
ALL = {name: each for name, each in vars(refusals).items() if isinstance(each, Refusal)}


def heard(source: str) -> Iterator[str]:
    """Give the names of refusals that a test's `.refused(refusals.X)` demands."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(attr="refused"), args=[ast.Attribute(attr=name)]):
                yield name


def told() -> str:
    """Give the text of every rule."""
    rules = Path(commands.__file__).parent / "rules"
    return "".join(each.read_text("utf-8") for each in sorted(rules.glob("*.py")))


def test_every_no_has_its_case() -> None:
    """No refusal stands on the page that no case has heard."""
    said = {name for file in HERE.glob("test_*.py") for name in heard(file.read_text("utf-8"))}
    assert sorted(ALL.keys() - said) == []


def test_what_counts_as_heard() -> None:
    """Only a case that demands a refusal counts, not one that imports or mentions it."""
    source = "case().when(x).refused(refusals.A)\nprint(refusals.B)\nx.refused(C)"
    assert list(heard(source)) == ["A"]


def test_every_no_is_said() -> None:
    """No refusal stands on the page that no rule says."""
    rules = told()
    assert [name for name in ALL if f"refusals.{name}" not in rules] == []


@pytest.mark.parametrize("refusal", ALL.values(), ids=ALL)
def test_a_no_in_two_languages(refusal: Refusal) -> None:
    """A no has a code of its own, a sentence in Chinese and in English, and a status."""
    assert [each.code for each in ALL.values()].count(refusal.code) == 1
    assert refusal.zh.endswith("。")
    assert refusal.en.endswith(".")
    assert refused(refusal).status == STATUS[refusal.kind]


def test_every_command_has_its_rule() -> None:
    """What may be asked is answered by exactly one rule."""
    asked = {
        each for each in vars(commands).values()
        if isinstance(each, type) and issubclass(each, Command)
    }  # fmt: skip
    assert asked - {Command} == set(RULES)
