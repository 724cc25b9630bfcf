"""Every check of the tool is needed: what it finds, nothing else does."""

from pathlib import Path

import pytest

from tests.deploy.verifier.cases import CASES, heads, nothing, proven
from tests.deploy.verifier.cases_told import erased, published
from tests.deploy.verifier.running import CHECKS, TABLES, asked, found
from tests.deploy.verifier.writer import Congress, trust

Capture = pytest.CaptureFixture[str]


def test_every_check_has_its_case() -> None:
    """A check without a case may be painted on, a case without a check is forgotten."""
    assert sorted(CASES) == sorted(CHECKS)
    assert len(CHECKS) > 30


@pytest.mark.parametrize("check", CASES)
def test_what_a_check_finds_passes_without_it(
    check: str, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by this check and by no other; with the check taken out, the forgery is called sound."""
    arguments = CASES[check](tmp_path)
    table, _, name = check.partition(".")
    code, answer = asked(capsys, *arguments)
    assert (code, found(answer)) == (1, [name]), answer["findings"]
    monkeypatch.delitem(TABLES[table], name)
    code, answer = asked(capsys, *arguments)
    assert (code, answer["verdict"], answer["findings"]) == (0, "sound", [])


def test_what_is_not_forged_is_sound(tmp_path: Path, capsys: Capture) -> None:
    """The cases differ from what is sound in one thing each."""
    congress = Congress.golden()
    whole: list[str | Path] = ["export", congress.write(tmp_path / "a.zip"), "--trust"]
    sound = [
        [*whole, trust(tmp_path / "trust.toml", congress)], proven(tmp_path, nothing), heads(tmp_path),
        published(tmp_path, lambda _: None), erased(tmp_path),
    ]  # fmt: skip
    for arguments in sound:
        code, answer = asked(capsys, *arguments)
        assert (code, answer["findings"]) == (0, []), arguments
