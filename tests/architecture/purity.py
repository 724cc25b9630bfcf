"""What imports cannot show, read from the code itself: rules over one file's source."""

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator

Rule = Callable[[str], Iterator[str]]
"""Source to offences, each with its line."""

CLOCKS = {"now", "utcnow", "today"}
DOORS = {"open", "print", "input", "exec", "eval", "compile", "breakpoint", "__import__"}
WAITING = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
IGNORED = re.compile(r"#\s*type:\s*ignore(?!\[[a-z-]+)")
NOQA = re.compile(r"#\s*(?:ruff:\s*)?noqa(?!:\s*[A-Z]+[0-9]+)", re.IGNORECASE)
UNDONE = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")


def _nodes(source: str, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
    return (node for node in ast.walk(ast.parse(source)) if isinstance(node, kinds))


def _at(node: ast.AST, says: str) -> str:
    return f"{getattr(node, 'lineno', 1)}: {says}"


def _called(node: ast.AST) -> str:
    """Give the last name of what a call calls."""
    match node:
        case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
            return name
        case _:
            return ""


def waits(source: str) -> Iterator[str]:
    """Find `async` and `await`."""
    for node in _nodes(source, *WAITING):
        yield _at(node, "async or await")
    for node in _nodes(source, ast.comprehension):
        if isinstance(node, ast.comprehension) and node.is_async:
            yield _at(node.target, "async or await")


def raises(source: str) -> Iterator[str]:
    """Find `raise`: a no is a value."""
    for node in _nodes(source, ast.Raise):
        yield _at(node, "raise")


def asks_the_time(source: str) -> Iterator[str]:
    """Find questions for the hour or the day; time-outs may use the machine's stopwatch."""
    for node in _nodes(source, ast.Call):
        if _called(node) in CLOCKS:
            yield _at(node, f"{_called(node)}()")


def opens_doors(source: str) -> Iterator[str]:
    """Find `open`, `print` and whatever else leaves the room."""
    for node in _nodes(source, ast.Call):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in DOORS:
            yield _at(node, f"{node.func.id}()")


def imports(machinery: frozenset[str]) -> Rule:
    """Find direct imports of these top-level packages, wherever in the file."""

    def found(source: str) -> Iterator[str]:
        for node in _nodes(source, ast.Import, ast.ImportFrom):
            if isinstance(node, ast.Import):
                names = [each.name for each in node.names]
            else:
                names = [getattr(node, "module", None) or ""]
            for name in names:
                if name.partition(".")[0] in machinery:
                    yield _at(node, f"import {name}")

    return found


def swallows(source: str) -> Iterator[str]:
    """Find `except:` without a class."""
    for node in _nodes(source, ast.ExceptHandler):
        if isinstance(node, ast.ExceptHandler) and node.type is None:
            yield _at(node, "bare except")


def leaves_undone(source: str) -> Iterator[str]:
    """Find promises in any text."""
    for number, line in enumerate(source.splitlines(), 1):
        if UNDONE.search(line):
            yield f"{number}: a promise instead of work"


def silences(source: str) -> Iterator[str]:
    """Find comments that silence a checker without saying what."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and (IGNORED.search(token.string) or NOQA.search(token.string)):
            yield f"{token.start[0]}: {token.string.strip()}"
