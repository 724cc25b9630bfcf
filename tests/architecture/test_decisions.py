"""DECISIONS.md names what holds each decision; a name that leads nowhere holds nothing."""

import re
from collections.abc import Iterator

from tests.architecture.test_lines import DECISIONS, told
from tests.rulebook import HOUSE

NAMED = re.compile(r"`((?:tests|services|events|gateway|deploy|docs)/[^`\s]+)`")


def lost(page: str) -> Iterator[str]:
    """Give the paths a page names that are not there; what follows `::` is a name in the file."""
    for path in sorted(set(NAMED.findall(page))):
        file, _, name = path.partition("::")
        if not (HOUSE / file).exists() or (name and name not in (HOUSE / file).read_text("utf-8")):
            yield path


def test_what_holds_a_decision_exists() -> None:
    """Every path in backticks in DECISIONS.md is a file or folder of the house."""
    page = DECISIONS.read_text("utf-8")
    assert len(set(NAMED.findall(page))) > 10
    found = list(lost(page))
    assert not found, told(found)


def test_a_lie_is_found() -> None:
    """A file that is not there is seen, and so is a test that its file does not hold."""
    here = "tests/architecture/test_decisions.py"
    page = f"`{here}` `{here}::test_a_lie_is_found` `tests/gone.py` `{here}::test_{'gone'}` `gateway.x`"
    assert list(lost(page)) == [f"{here}::test_{'gone'}", "tests/gone.py"]
