"""Every rule with its cases, for the lawyers: `make rulebook` prints what the tests hold."""

import ast
import re
import sys
import textwrap
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

HOUSE = Path(__file__).parent.parent
RULES = HOUSE / "docs" / "rules.md"

# A hyphen before it makes it another thing: cap-S7 is a capability, not a rule.
RULE = r"(?<![\w-])(?:TR|[MSTRILDPVX])\d{1,2}\b"
ROW = re.compile(rf"^\| ({RULE}|FIG-\w+) \| (.+) \|$", re.MULTILINE)
HEAD = re.compile(rf"({RULE}(?:(?:, | and ){RULE})*)[:,.]?\s+(.+)", re.DOTALL)


class Case(NamedTuple):
    """What one test says of a rule, and where it stands."""

    says: str
    where: str


def rules(page: str) -> Iterator[tuple[str, str]]:
    """Give ID and sentence of every rule on the page, in order."""
    for row in ROW.finditer(page):
        yield row[1], row[2].split(" | ")[0]


def cases(source: str, where: str) -> Iterator[tuple[str, Case]]:
    """Give the rules that a test file's docstrings begin with, each with its case."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if not node.name.startswith("test_"):
            continue
        if head := HEAD.match(ast.get_docstring(node) or ""):
            says = " ".join(head[2].split())
            for rule in re.findall(RULE, head[1]):
                yield rule, Case(says, f"{where}::{node.name}")


def book() -> Iterator[str]:
    """Give the lines of the rulebook: each rule that has cases, then those that have none."""
    held = defaultdict[str, list[Case]](list)
    for file in sorted((HOUSE / "tests").rglob("test_*.py")):
        for rule, case in cases(file.read_text("utf-8"), str(file.relative_to(HOUSE))):
            held[rule].append(case)
    silent = []
    for rule, sentence in rules(RULES.read_text("utf-8")):
        if rule not in held:
            silent.append(rule)
            continue
        yield from textwrap.wrap(f"{rule}  {sentence}", 100, subsequent_indent="    ")
        for case in held[rule]:
            yield from textwrap.wrap(f"  - {case.says}", 100, subsequent_indent="    ")
            yield f"    {case.where}"
        yield ""
    yield from textwrap.wrap(f"Without a case: {', '.join(silent)}", 100)


if __name__ == "__main__":
    sys.stdout.writelines(f"{line}\n" for line in book())
