"""Witnesses come after the house: what they have seen travels beside what is only signed yet."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.deploy.verifier.running import asked, found
from tests.deploy.verifier.writer import WITNESSES, Congress, Signer, head, leaves, signer, trust

Capture = pytest.CaptureFixture[str]
LEDGER, SEEN = "training/630202", "cosigned/training/630202.txt"


def grown(seen: int = 6, by: tuple[Signer, ...] = WITNESSES, ledger: str = LEDGER) -> Congress:
    """Give the golden congress, of whose trainings witnesses have seen the first 6 of 10 only."""
    congress = Congress.golden()
    congress.signers[LEDGER] = [signer(LEDGER)]
    lines = leaves(congress.lines(LEDGER))[:seen]
    congress.more[SEEN] = head(f"{congress.house}/{ledger}", lines, [signer(ledger), *by])
    return congress


def test_a_house_at_work_verifies(tmp_path: Path, capsys: Capture) -> None:
    """The newest head covers all, the older one is cosigned: sound, and it is told how far witnesses saw."""
    congress = grown()
    known = trust(tmp_path / "t.toml", congress, need=3)
    code, answer = asked(capsys, "export", congress.write(tmp_path / "x.zip"), "--trust", known)
    assert (code, answer["findings"]) == (0, [])
    [remark] = answer["remarks"]
    assert (remark["code"], remark["where"], remark["details"]) == (
        "unwitnessed", LEDGER, {"count": "4", "size": "6"},
    )  # fmt: skip
    told = answer["facts"]["ledgers"][LEDGER]
    assert (told["signed"], len(told["witnessed"])) == (10, 3)


def nobody(congress: Congress) -> None:
    """Leave out what witnesses have seen."""
    del congress.more[SEEN]


def few(congress: Congress) -> None:
    """Let too few have cosigned."""
    congress.more |= grown(by=WITNESSES[:1]).more


def others(congress: Congress) -> None:
    """Put what they have seen of another ledger there."""
    congress.more |= grown(ledger="liaison/630202").more


def unsigned(congress: Congress) -> None:
    """Let the newest head be signed by no one who is known."""
    congress.signers[LEDGER] = [Signer(f"{congress.house}/{LEDGER}", "thief")]


def rewritten(congress: Congress) -> None:
    """Change what they have seen, and sign all of it again."""
    congress.of("training")[3]["actor"] = "staff/other"


def cut(congress: Congress) -> None:
    """Cut off what was signed and not seen yet."""
    congress.heads[LEDGER] = congress.head(LEDGER)
    del congress.of("training")[-2:]


def headless(congress: Congress) -> None:
    """Leave out the newest head, in the manifest too."""
    congress.manifest["signed"] = {}
    congress.heads[LEDGER] = congress.more[SEEN]


@pytest.mark.parametrize(
    ("change", "checks"),
    [
        (nobody, ["witnesses"]), (few, ["witnesses"]), (others, ["origin"]), (unsigned, ["signature"]),
        (rewritten, ["root"]), (cut, ["covered"]), (headless, ["members"]),
    ],
)  # fmt: skip
def test_neither_head_excuses_the_other(
    change: Callable[[Congress], None], checks: list[str], tmp_path: Path, capsys: Capture
) -> None:
    """Both are put to every check; only what both lack of witnesses is asked of one."""
    congress = grown()
    known = trust(tmp_path / "t.toml", congress)
    change(congress)
    code, answer = asked(capsys, "export", congress.write(tmp_path / "x.zip"), "--trust", known)
    assert (code, found(answer)) == (1, checks), answer["findings"]


def test_evidence_of_a_fork_is_what_witnesses_saw(tmp_path: Path, capsys: Capture) -> None:
    """Two histories within what was seen: proofs that hold by themselves. Beyond it, nothing to show yet."""
    for at, expected in ((2, 3), (8, 1)):
        second = Congress.golden()
        second.of("training")[at]["actor"] = "staff/other"
        second.signers[LEDGER] = [signer(LEDGER)]
        lines = leaves(second.lines(LEDGER))[:6]
        second.more[SEEN] = head(f"{second.house}/{LEDGER}", lines, [signer(LEDGER), *WITNESSES])
        files = [grown().write(tmp_path / "a.zip"), second.write(tmp_path / "b.zip")]
        known = trust(tmp_path / "t.toml", second)
        code, answer = asked(capsys, "fork", *files, "--trust", known, "--to", tmp_path / f"e{at}")
        assert code == expected
        if expected == 3:
            again = asked(capsys, "fork", *answer["facts"]["evidence"], "--trust", known)
            assert again[0] == 3
