import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterator

from tests.rulebook import HOUSE, RULE, RULES, cases, rules

FOLDERS = ("deploy", "events", "gateway", "services", "tests")
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def prose(source: str) -> Iterator[str]:
    """Give the docstrings and comments of a file."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, DOCUMENTED):
            yield ast.get_docstring(node) or ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def cited(source: str) -> set[str]:
    """Give the rules that the prose of a file names."""
    return {rule for text in prose(source) for rule in re.findall(RULE, text)}


def written() -> list[str]:
    """Give the rules on the page, in order."""
    return [rule for rule, _ in rules(RULES.read_text("utf-8"))]


def test_every_rule_cited_stands_on_the_page() -> None:
    """Whoever meets a rule's ID in prose finds its sentence and source in docs/rules.md."""
    known = set(written())
    files = (file for folder in FOLDERS for file in (HOUSE / folder).rglob("*.py"))
    unknown = {
        str(file.relative_to(HOUSE)): missing
        for file in files
        if (missing := cited(file.read_text("utf-8")) - known)
    }
    assert unknown == {}


def test_no_rule_stands_twice() -> None:
    """An ID has one sentence."""
    twice = [rule for rule, count in Counter(written()).items() if count > 1]
    assert twice == []


def test_the_page_holds_every_family() -> None:
    """A row that is not read as one would be missed here."""
    families = Counter(re.sub(r"\d+$", "", rule) for rule in written() if "-" not in rule)
    assert families == {
        "M": 17, "S": 17, "T": 7, "R": 6, "I": 10, "L": 10, "X": 6, "TR": 6, "D": 7, "P": 6, "V": 8,
    }  # fmt: skip


def test_a_citation_is_seen_where_people_read() -> None:
    """Docstrings and comments cite; a string in the code does not."""
    source = '"""Holds M99."""\nCODE = "S99"  # as T98 says\ndef f() -> None:\n    """R97."""\n'
    assert cited(source) == {"M99", "T98", "R97"}


def test_a_capability_or_a_word_is_no_rule() -> None:
    """Only a bare ID is a rule's."""
    assert cited('"""cap-S99, fault-F7, MD5, SHA1, T100 and x_M99."""\n') == set()


def test_a_case_is_kept_under_each_rule_it_begins_with() -> None:
    """The rulebook for the lawyers is made of what the docstrings say."""
    source = 'def test_a() -> None:\n    """T4, T5: ends\n    on Monday."""\n'
    said = dict(cases(source, "test_a.py"))
    assert said.keys() == {"T4", "T5"}
    assert said["T4"] == ("ends on Monday.", "test_a.py::test_a")
