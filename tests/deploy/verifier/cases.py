"""For every check of the tool one case that it alone finds: forged by somebody who holds the keys."""

import hmac
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from tests.deploy.verifier.writer import (
    WITNESSES,
    Congress,
    Signer,
    Value,
    consistency,
    head,
    leaves,
    packed,
    receipt,
    signer,
    trust,
)

Case = Callable[[Path], list[str | Path]]
CASES: dict[str, Case] = {}
NONCE, WORDS = "k7q2mwx9d4t8zc3vb6nh5jrsfy", "路灯坏了"


def case(check: str) -> Callable[[Case], Case]:
    """Name the check that alone finds it."""
    return lambda made: CASES.setdefault(check, made)


def export(check: str) -> Callable[[Callable[[Congress], None]], object]:
    """Make a case of a change to the golden congress, linked and signed again."""

    def made(change: Callable[[Congress], None]) -> Case:
        def build(folder: Path) -> list[str | Path]:
            congress = Congress.golden()
            known = trust(folder / "trust.toml", congress)
            change(congress)
            return ["export", congress.write(folder / "x.zip"), "--trust", known]

        return case(check)(build)

    return made


@export("ledgers.form")
def _twice(congress: Congress) -> None:
    ledger = congress.named("training")
    lines = congress.lines(ledger)
    congress.raw[ledger] = [*lines[:-1], lines[-1][:-2] + b',"day":1,"day":2}}']


@export("ledgers.place")
def _address(congress: Congress) -> None:
    congress.of("training")[-1]["id"] += "0"


@export("ledgers.link")
def _link(congress: Congress) -> None:
    ledger = congress.named("training")
    lines = congress.lines(ledger)
    congress.raw[ledger] = [*lines[:-1], lines[-1].replace(b'"prevhash":"', b'"prevhash":"0')]


@export("ledgers.recorded")
def _recorded(congress: Congress) -> None:
    last, before = congress.of("liaison")[-1], congress.of("liaison")[-2]
    last["time"] = last["recordedtime"] = before["recordedtime"][:-7] + "000000Z"
    assert last["recordedtime"] < before["recordedtime"]


@export("ledgers.happened")
def _backdated(congress: Congress) -> None:
    congress.of("liaison")[-1]["time"] = "2025-01-02T01:00:00.000000Z"


@export("rules.deadlines")
def _later(congress: Congress) -> None:
    data = congress.first("suggestions", "suggestion.assigned.v1")["data"]
    data["contact_by"]["provisional"] = True


@export("rules.rulebook")
def _rulebook(congress: Congress) -> None:
    congress.first("suggestions", "suggestion.admitted.v1")["rulebook"] = "national@1992"


@export("rules.days")
def _day(congress: Congress) -> None:
    congress.first("suggestions", "suggestion.received.v1")["data"]["day"] = "2025-01-01"


@export("rules.numbers")
def _number(congress: Congress) -> None:
    congress.first("suggestions", "suggestion.closed.v1")["data"]["number"] += 1


@export("rules.facts")
def _fact(congress: Congress) -> None:
    congress.first("suggestions", "suggestion.contact-confirmed.v1")["data"]["mode"] = "letter"


@export("signing.origin")
def _another_ledgers_head(congress: Congress) -> None:
    ledger, other = congress.named("training"), congress.named("liaison")
    by = [signer(other), *WITNESSES]
    congress.heads[ledger] = head(f"{congress.house}/{other}", leaves(congress.lines(ledger)), by)


@export("signing.signature")
def _another_key(congress: Congress) -> None:
    ledger = congress.named("training")
    congress.signers[ledger] = [Signer(f"{congress.house}/{ledger}", "thief"), *WITNESSES]


@export("signing.witnesses")
def _one_witness(congress: Congress) -> None:
    ledger = congress.named("training")
    congress.signers[ledger] = [signer(ledger), WITNESSES[0], WITNESSES[0]]


@export("heads.head")
def _manifest(congress: Congress) -> None:
    path = congress.named("training")
    lines = congress.lines(path)
    told = {each: {"sequence": len(it), "hash": leaves(it[-1:])[0].hex()}
            for each in congress.ledgers for it in [congress.lines(each)]}  # fmt: skip
    told[path] = {"sequence": len(lines), "hash": "0" * 64}
    congress.manifest["ledgers"] = told


@export("signed.covered")
def _cut(congress: Congress) -> None:
    ledger = congress.named("training")
    congress.heads[ledger] = congress.head(ledger)
    del congress.of("training")[-1]


@export("signed.root")
def _rewritten(congress: Congress) -> None:
    ledger = congress.named("training")
    congress.heads[ledger] = congress.head(ledger)
    congress.of("training")[3]["actor"] = "staff/other"


@case("signed.dated")
def _postdated(folder: Path) -> list[str | Path]:
    congress = Congress.golden()
    congress.first("deputies", "congress.founded.v1")["data"]["example"] = False
    last = congress.of("training")[-1]
    last["time"] = last["recordedtime"] = "2025-06-20T01:00:00.000000Z"
    return ["export", congress.write(folder / "x.zip"), "--trust", trust(folder / "t.toml", congress)]


@export("whole.members")
def _surplus(congress: Congress) -> None:
    congress.more["names.txt"] = b"all of them"


@export("whole.absent")
def _left_out(congress: Congress) -> None:
    del congress.ledgers[congress.named("liaison")]


def proven(folder: Path, change: Callable[[Congress, Value], None], number: int = 0) -> list[str | Path]:
    """Write the proof of an opinion with nonce and words, and what its author brings."""
    congress = Congress.golden()
    known, key = trust(folder / "trust.toml", congress), "ab" * 32
    data = congress.first("liaison", "opinion.received.v1")["data"] | {
        "nonce": sha256(NONCE.encode()).hexdigest(),
        "words": {"record": "r1", "ciphertext": "0" * 64,
                  "commitment": hmac.digest(bytes.fromhex(key), WORDS.encode(), "sha256").hex()},
    }  # fmt: skip
    entry = congress.append("liaison", "opinion.received.v1", "opinion/mine", data)
    change(congress, entry)
    ledger = congress.named("liaison")
    lines = congress.lines(ledger)
    (folder / "words.txt").write_text(WORDS, "utf-8")
    file = folder / "mine.tlog-proof"
    file.write_bytes(receipt(lines, number or len(lines), congress.head(ledger)))
    brought: list[str | Path] = ["--nonce", NONCE, "--words", folder / "words.txt", "--key", key]
    return ["receipt", file, "--trust", known, *brought]


def nothing(_congress: Congress, _entry: Value) -> None:
    """Change nothing."""


@case("receipts.inclusion")
def _changed(folder: Path) -> list[str | Path]:
    arguments = proven(folder, nothing)
    file = folder / "mine.tlog-proof"
    lines = file.read_bytes().split(b"\n")
    assert len(lines[3]) == 44
    lines[3] = packed(bytes(32)).encode()
    file.write_bytes(b"\n".join(lines))
    return arguments


@case("receipts.form")
def _unordered(folder: Path) -> list[str | Path]:
    def change(_congress: Congress, entry: Value) -> None:
        entry["data"]["words"]["weight"] = 0.5

    return proven(folder, change)


@case("receipts.place")
def _elsewhere(folder: Path) -> list[str | Path]:
    def change(_congress: Congress, entry: Value) -> None:
        entry["source"] = "/liaison/630299"

    return proven(folder, change)


@case("receipts.nonce")
def _clash(folder: Path) -> list[str | Path]:
    def change(_congress: Congress, entry: Value) -> None:
        entry["data"]["nonce"] = sha256(b"another's").hexdigest()

    return proven(folder, change)


@case("receipts.words")
def _other_words(folder: Path) -> list[str | Path]:
    arguments = proven(folder, nothing)
    (folder / "words.txt").write_text(WORDS + "！", "utf-8")
    return arguments


def heads(folder: Path, second: str = "training", proof: bytes | None = None) -> list[str | Path]:
    """Write two heads of a ledger, at 6 and 10 entries, and the proof between them."""
    congress = Congress.golden()
    ledger, other = congress.named("training"), congress.named(second)
    hashed = leaves(congress.lines(ledger))
    (folder / "old").write_bytes(head(f"{congress.house}/{ledger}", hashed[:6], [signer(ledger), *WITNESSES]))
    (folder / "new").write_bytes(head(f"{congress.house}/{other}", hashed, [signer(other), *WITNESSES]))
    path = "\n".join(packed(each) for each in consistency(6, hashed)).encode()
    (folder / "proof").write_bytes(path if proof is None else proof)
    files: list[str | Path] = ["consistency", folder / "old", folder / "new", "--proof", folder / "proof"]
    return [*files, "--trust", trust(folder / "t.toml", congress)]


@case("pairs.ledger")
def _two_ledgers(folder: Path) -> list[str | Path]:
    return heads(folder, second="liaison")


@case("pairs.grown")
def _no_proof(folder: Path) -> list[str | Path]:
    return heads(folder, proof=packed(bytes(32)).encode())


@case("pairs.archived")
def _another_history(folder: Path) -> list[str | Path]:
    arguments = heads(folder)[:3]
    congress = Congress.golden()
    congress.of("training")[2]["actor"] = "staff/other"
    return [*arguments, "--trust", folder / "t.toml", "--export", congress.write(folder / "x.zip")]
