"""How the tool is asked and answers: languages, JSON, exit codes, what cannot be read."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.verifier import telling
from deploy.verifier.cli import main
from tests.deploy.verifier.running import asked
from tests.deploy.verifier.writer import GOLDEN, WITNESSES, Congress, Signer, signer, trust
from tests.rulebook import HOUSE

Capture = pytest.CaptureFixture[str]
TOOL = HOUSE / "deploy" / "verifier"
ODD = {"json", "duplicate", "integer", "fraction", "bytes", "nfc", "order", "missing", "instant", "text"}
HAN = re.compile("[\u4e00-\u9fff]")


def codes() -> set[str]:
    """Give every code that the tool's own code says."""
    source = "".join(each.read_text("utf-8") for each in TOOL.glob("*.py"))
    said = re.findall(r'(?:found|Unreadable|remark)\(\s*"([a-z.-]+)"', source)
    said += re.findall(r'found\("([a-z.]+)" if told else "([a-z.]+)"', source)
    flat = {each for it in said for each in ([it] if isinstance(it, str) else it)}
    verdicts = {f"verdict.{each}" for each in ("sound", "unsound", "unreadable", "fork")}
    return flat | verdicts | {f"form.{each}" for each in ODD}


def test_every_code_has_its_words() -> None:
    """A sentence in Chinese and one in English for each; none that nobody says."""
    assert set(telling.words()) == codes()
    for code, said in telling.words().items():
        assert set(said) == {"zh", "en"}, code
        assert HAN.search(said["zh"]), code
        assert not HAN.search(said["en"]), code
        assert set(re.findall("{[a-z]+}", said["zh"])) == set(re.findall("{[a-z]+}", said["en"])), code


def test_people_read_chinese_first(capsys: Capture) -> None:
    """Both languages, or one."""
    arguments = ["export", str(GOLDEN / "archive-1.zip"), "--unsigned"]
    assert main(arguments) == 0
    lines = capsys.readouterr().out.splitlines()
    assert (lines[1][:4], lines[2][:5]) == ("核验通过", "Sound")
    assert main([*arguments, "--lang", "en"]) == 0
    assert not HAN.search(capsys.readouterr().out)


def test_progress_goes_to_standard_error(capsys: Capture) -> None:
    """What programs read holds the answer alone."""
    main(["export", str(GOLDEN / "archive-1.zip"), "--unsigned", "--json"])
    told = capsys.readouterr()
    assert told.out.startswith("{")
    assert "deputies/630202 35" in told.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["export", "x"], "read.trust-needed"), (["export", "nowhere.zip", "--unsigned"], "read.archive"),
        (["receipt", "{zip}", "--trust", "{trust}"], "read.proof"),
        (["receipt", "{zip}", "--trust", "{zip}"], "read.trust"),
        (["receipt", "x", "--trust", "{trust}", "--words", "x"], "read.key"),
        (["figure", "{zip}", "{trust}", "--unsigned"], "read.figures"),
        (["fork", "{zip}", "x.tlog-proof", "--unsigned"], "read.two-kinds"),
        (["fork", "a.tlog-proof", "x.tlog-proof", "--unsigned"], "read.trust-needed"),
        (["consistency", "{zip}", "{zip}", "--trust", "{trust}"], "read.note"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(
    arguments: list[str], code: str, tmp_path: Path, capsys: Capture
) -> None:
    """Exit 2, as JSON and as a sentence; no trace of the tool's insides."""
    known = trust(tmp_path / "trust.toml", Congress.golden())
    filled = [each.format(zip=GOLDEN / "archive-1.zip", trust=known) for each in arguments]
    exit_code, answer = asked(capsys, *filled)
    assert (exit_code, answer["verdict"]) == (2, "unreadable")
    assert [each["code"] for each in answer["findings"]] == [code]
    assert main(filled) == 2
    assert telling.words()["verdict.unreadable"]["zh"] in capsys.readouterr().err


def test_sealed_words_need_a_key(tmp_path: Path, capsys: Capture) -> None:
    """What travels sealed is not passed over in silence."""
    congress = Congress.golden()
    congress.owners = []
    file, known = congress.write(tmp_path / "x.zip"), trust(tmp_path / "t.toml", congress)
    _, answer = asked(capsys, "erasure", file, "--trust", known)
    assert answer["findings"][0]["code"] == "read.secret"
    (tmp_path / "key").write_text("dGhlIHdyb25nIGtleSBvZiAzMiBieXRlcyAuLi4uLi4=")
    _, answer = asked(capsys, "erasure", file, "--trust", known, "--key-file", tmp_path / "key")
    assert answer["findings"][0]["code"] == "read.sealed"


LEDGER = "training/630202"
OWN = signer(LEDGER)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("need = 1\n[origins]", "need"), ("needs = 1\n[origins]", "unknown"), ("", "origins"),
        (f'witnesses = ["{OWN.vkey}"]\n[origins]', "kind"),
        (f'[origins]\nx = ["{WITNESSES[0].vkey}"]', "kind"),
        (f'witnesses = ["{Signer(OWN.name, "log", 4).vkey}"]\n[origins]\nx = ["{OWN.vkey}"]', "itself"),
        ('[origins]\nx = ["y+z"]', "read.vkey"),
        (f'witnesses = ["{WITNESSES[0].vkey}", "{WITNESSES[0].vkey}"]\n[origins]', "one key"),
    ],
)  # fmt: skip
def test_a_trust_file_that_cannot_be_is_refused(text: str, why: str, tmp_path: Path, capsys: Capture) -> None:
    """A typing error must not trust more: unknown names, wrong kinds, a log that witnesses itself."""
    (tmp_path / "t.toml").write_text(text)
    code, answer = asked(capsys, "export", GOLDEN / "archive-1.zip", "--trust", tmp_path / "t.toml")
    assert code == 2
    assert why in str(answer["findings"])


def test_a_key_signs_only_within_its_sizes(tmp_path: Path, capsys: Capture) -> None:
    """An old key, kept for old receipts, signs nothing new; both keys may sign in the overlap."""
    congress = Congress.golden()
    old, size = Signer(OWN.name, "old"), len(congress.of("training"))
    congress.signers[LEDGER] = [old, *WITNESSES]
    file = congress.write(tmp_path / "x.zip")
    for last, expected in ((size, 0), (size - 1, 1)):
        known = trust(tmp_path / "t.toml", congress)
        ranged = f'[{{vkey = "{old.vkey}", last = {last}}}, {{vkey = "{OWN.vkey}", first = {last}}}]'
        known.write_text(known.read_text("utf-8").replace(f'["{OWN.vkey}"]', ranged), "utf-8")
        assert asked(capsys, "export", file, "--trust", known)[0] == expected


def test_it_imports_python_and_cryptography_alone() -> None:
    """Whatever else it imported an auditor would have to trust, and to install."""
    foreign = set()
    for file in TOOL.glob("*.py"):
        for each in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(each, ast.Import):
                foreign |= {name.name.partition(".")[0] for name in each.names}
            elif isinstance(each, ast.ImportFrom) and not each.level:
                foreign.add(str(each.module).partition(".")[0])
    assert foreign - sys.stdlib_module_names == {"cryptography"}


def test_the_folder_alone_is_enough(tmp_path: Path) -> None:
    """Copied elsewhere, with Python and `cryptography`: nothing of the house comes along."""
    shutil.copytree(TOOL, tmp_path / "verifier", ignore=shutil.ignore_patterns("__pycache__"))
    watch = (
        "import sys, runpy; sys.argv[0] = 'verifier'\ntry: runpy.run_module('verifier', run_name='__main__')"
    )
    watch += "\nfinally: print(sorted({each.partition('.')[0] for each in sys.modules}), file=sys.stderr)"
    run = subprocess.run(
        [sys.executable, "-c", watch, "export", GOLDEN / "archive-1.zip", "--unsigned"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (run.returncode, run.stdout.splitlines()[1][:4]) == (0, "核验通过")
    came = run.stderr.splitlines()[-1]
    assert "'verifier'" in came
    assert "'cryptography'" in came
    assert not [
        each for each in ("deploy", "events", "services", "gateway", "pydantic") if f"'{each}'" in came
    ]
