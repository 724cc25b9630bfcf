"""Budgets: what does not fit on a page has two subjects."""

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.rulebook import HOUSE

CODE, TEST, TEMPLATE, FUNCTION = 200, 300, 120, 25
BUDGETS = {
    "deploy/**/*.py": CODE, "events/**/*.py": CODE, "gateway/**/*.py": CODE,
    "services/**/*.py": CODE, "gateway/static/*.js": CODE, "tests/**/*.py": TEST,
    "gateway/templates/**/*.html": TEMPLATE,
}  # fmt: skip
DECISIONS = HOUSE / "DECISIONS.md"
HEADING = "## Files over their budget"
ROW = re.compile(r"^\| `?([^|`]+?)`? \| ([^|]+?) \|$", re.MULTILINE)
SILENT = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT,
    tokenize.ENDMARKER,
}  # fmt: skip

Function = ast.FunctionDef | ast.AsyncFunctionDef


def excepted(page: str) -> dict[str, str]:
    """Give path and reason of each file that the decisions let grow."""
    section = page.partition(f"{HEADING}\n")[2].partition("\n## ")[0]
    rows = dict(ROW.findall(section))
    return {path: why for path, why in rows.items() if path != "path" and set(path) != {"-"}}


def allowed() -> dict[str, str]:
    """Give the exceptions that stand in the decisions; no page, no exception."""
    return excepted(DECISIONS.read_text("utf-8")) if DECISIONS.exists() else {}


def budgets() -> Iterator[tuple[Path, int]]:
    """Give every file that has a budget, with it."""
    for pattern, most in BUDGETS.items():
        for file in sorted(HOUSE.glob(pattern)):
            yield file, most


def over(exceptions: dict[str, str]) -> dict[str, str]:
    """Give the files that are over their budget and not excepted, each with its lines."""
    found = {}
    for file, most in budgets():
        path, lines = str(file.relative_to(HOUSE)), len(file.read_text("utf-8").splitlines())
        if lines > most and path not in exceptions:
            found[path] = f"{lines} lines, {most} allowed"
    return found


def code_lines(source: str) -> set[int]:
    """Give the lines on which code stands: no blank ones, no comments."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in SILENT:
            lines.update(range(token.start[0], token.end[0] + 1))
    return lines


def lengths(source: str) -> Iterator[tuple[str, int]]:
    """Give each function's place and the code lines of its body, without docstring."""
    code = code_lines(source)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, Function):
            told, *rest = node.body
            body = rest if ast.get_docstring(node) is not None else node.body
            first = body[0].lineno if body else told.lineno
            last = (body[-1].end_lineno or first) if body else first - 1
            yield f"{node.lineno} {node.name}", len(code & set(range(first, last + 1)))


def told(offenders: Iterable[str]) -> str:
    """Write one offender to a line."""
    return "\n".join(["", *offenders])


def charter_only(source: str) -> bool:
    """Tell whether a file is one docstring and nothing else."""
    tree = ast.parse(source)
    return len(tree.body) == 1 and ast.get_docstring(tree) is not None


def test_every_file_keeps_its_budget() -> None:
    """Code 200 lines, a test 300, a template 120; more only by a decision that says why."""
    found = over(allowed())
    assert not found, told(f"{path}: {lines}" for path, lines in found.items())


def test_no_exception_outlives_its_need() -> None:
    """A file that is gone or small again leaves the table."""
    exceptions = allowed()
    assert sorted(set(exceptions) - set(over({}))) == []
    assert [path for path, why in exceptions.items() if not why.strip()] == []


def test_every_function_keeps_its_budget() -> None:
    """A function has at most 25 lines of code; nobody is excepted."""
    files = sorted({file for file, _ in budgets() if file.suffix == ".py"})
    long = [
        f"{file.relative_to(HOUSE)}:{name}: {lines}"
        for file in files
        for name, lines in lengths(file.read_text("utf-8"))
        if lines > FUNCTION
    ]
    assert not long, told(long)


def test_an_init_is_a_charter() -> None:
    """`__init__.py` says what its package is for and nothing else."""
    files = [file for file, _ in budgets() if file.name == "__init__.py"]
    assert files
    more = [file for file in files if not charter_only(file.read_text("utf-8"))]
    assert not more, told(str(file.relative_to(HOUSE)) for file in more)


def test_exceptions_are_read_from_their_section_only() -> None:
    """The table's head and rule are no exceptions, nor is a table under another heading."""
    page = (
        "# D\n| a | b |\n\n## Files over their budget\n\nSome words.\n\n| path | reason |\n"
        "| --- | --- |\n| `events/x.py` | a flat list |\n\n## Next\n| c | d |\n"
    )
    assert excepted(page) == {"events/x.py": "a flat list"}
    assert excepted("# No table\n") == {}


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ('def f() -> int:\n    """One.\n\n    Two.\n    """\n    return 1\n', 1),
        ('def f() -> None:\n    """One."""\n', 0),
        ("def f() -> int:\n    # why\n\n    a = (\n        1\n    )\n    return a\n", 4),
        ('def f(\n    a: str,\n) -> str:\n    return """a\n    b\n    """\n', 3),
    ],
)
def test_code_lines_are_counted(source: str, lines: int) -> None:
    """Signature, docstring, comments and blank lines are free; a long text in the code is not."""
    assert [count for _, count in lengths(source)] == [lines]


def test_what_is_no_charter_is_seen() -> None:
    """Neither code nor silence is a charter."""
    assert charter_only('"""For this."""\n')
    assert not charter_only("")
    assert not charter_only('"""For this."""\n\nONE = 1\n')
