"""Two histories of one ledger: shown, written down, and shown again from what was written."""

from pathlib import Path

import pytest

from tests.deploy.verifier.running import asked
from tests.deploy.verifier.writer import WITNESSES, Congress, head, leaves, signer, trust

Capture = pytest.CaptureFixture[str]


def other_history() -> Congress:
    """Give the golden congress with another entry in the middle of its trainings, signed as well."""
    congress = Congress.golden()
    congress.of("training")[4]["actor"] = "staff/other"
    return congress


def both(folder: Path, second: Congress) -> list[str | Path]:
    """Write the golden congress and another, with the trust of who knows the keys."""
    first = Congress.golden()
    files = [first.write(folder / "a.zip"), second.write(folder / "b.zip")]
    return ["fork", *files, "--trust", trust(folder / "t.toml", first), "--to", folder / "evidence"]


def test_a_fork_is_shown_with_evidence_that_stands_alone(tmp_path: Path, capsys: Capture) -> None:
    """Exit 3; two proofs are written, each sound in itself, together a fork for anybody."""
    code, answer = asked(capsys, *both(tmp_path, other_history()))
    assert (code, answer["verdict"]) == (3, "fork")
    assert [each["where"] for each in answer["findings"]] == ["training/630202/5"]
    a, b = answer["facts"]["evidence"]
    for each in (a, b):
        assert asked(capsys, "receipt", each, "--trust", tmp_path / "t.toml")[0] == 0
    code, answer = asked(capsys, "fork", a, b, "--trust", tmp_path / "t.toml")
    assert (code, [each["code"] for each in answer["findings"]]) == (3, ["fork.roots"])
    assert asked(capsys, "fork", a, a, "--trust", tmp_path / "t.toml")[0] == 0


def test_who_only_grew_did_not_fork(tmp_path: Path, capsys: Capture) -> None:
    """An older archive beside a newer one is sound, whichever comes first."""
    older = Congress.golden()
    del older.of("training")[-3:]
    code, answer = asked(capsys, *both(tmp_path, older))
    assert (code, [each["code"] for each in answer["remarks"]]) == (0, ["no-fork"])


def test_what_was_not_signed_is_no_fork(tmp_path: Path, capsys: Capture) -> None:
    """A tail that no head covers, or a stranger's signature, differs and proves nothing against anyone."""
    tail, stranger = other_history(), other_history()
    tail.sizes[tail.named("training")] = 3
    stranger.signers[stranger.named("training")] = [*WITNESSES]
    for each in (tail, stranger):
        code, answer = asked(capsys, *both(tmp_path, each))
        assert code == 1
        assert "fork.unsigned" in {each["code"] for each in answer["findings"]}
        assert not (tmp_path / "evidence").exists()


def test_two_receipts_in_one_place_are_a_fork(tmp_path: Path, capsys: Capture) -> None:
    """Of different sizes too: an entry has one place, and a place one entry."""
    longer = other_history()
    longer.append("training", "course.held.v1", "course/other", {"day": "2025-05-20"})
    _, answer = asked(capsys, *both(tmp_path, longer))
    code, answer = asked(capsys, "fork", *answer["facts"]["evidence"], "--trust", tmp_path / "t.toml")
    assert (code, [each["code"] for each in answer["findings"]]) == (3, ["fork.entries"])


def test_two_heads_of_one_size(tmp_path: Path, capsys: Capture) -> None:
    """Two roots at one size under one key: exit 3, and nothing else is needed to see it."""
    files = []
    for name, congress in (("a", Congress.golden()), ("b", other_history())):
        ledger = congress.named("training")
        by = [signer(ledger), *WITNESSES]
        (tmp_path / name).write_bytes(head(f"{congress.house}/{ledger}", leaves(congress.lines(ledger)), by))
        files.append(tmp_path / name)
    known = trust(tmp_path / "t.toml", Congress.golden())
    assert asked(capsys, "consistency", *files, "--trust", known)[0] == 3
    assert asked(capsys, "consistency", files[0], files[0], "--trust", known)[0] == 0
