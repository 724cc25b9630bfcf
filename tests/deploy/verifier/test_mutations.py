"""Whatever is done to an archive is found: by hand, by rule, by whoever rewrites it all."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests.deploy.verifier.running import asked, found
from tests.deploy.verifier.writer import GOLDEN, Congress, signer, trust

Capture = pytest.CaptureFixture[str]
Mutation = Callable[[Congress, str, int], None]
SERVICES = ("deputies", "liaison", "suggestions", "training")


def edit(congress: Congress, service: str, at: int) -> None:
    """Change one value of an entry."""
    congress.of(service)[at]["actor"] += "x"


def delete(congress: Congress, service: str, at: int) -> None:
    """Take an entry out."""
    del congress.of(service)[at]


def insert(congress: Congress, service: str, at: int) -> None:
    """Put an entry in that resembles the one at its place."""
    entry = congress.of(service)[at]
    congress.of(service).insert(at, entry | {"actor": entry["actor"] + "x"})


def swap(congress: Congress, service: str, at: int) -> None:
    """Let two entries change places."""
    entries = congress.of(service)
    entries[at - 1], entries[at] = entries[at], entries[at - 1]


def cut(congress: Congress, service: str, at: int) -> None:
    """Cut the tail off, and tell the manifest so."""
    del congress.of(service)[at:]


def move(congress: Congress, service: str, at: int) -> None:
    """Put an entry into another ledger."""
    entry = congress.of(service).pop(at)
    congress.of("training" if service == "liaison" else "liaison").append(entry)


def backdate(congress: Congress, service: str, at: int) -> None:
    """Let it have happened, and be recorded, before."""
    entry = congress.of(service)[at]
    entry["time"] = entry["recordedtime"] = "2025-01-02T00:00:00.000000Z"


MUTATIONS = (edit, delete, insert, swap, cut, move, backdate)


@pytest.mark.parametrize("rehash", [False, True], ids=["as-it-lies", "rehashed"])
@pytest.mark.parametrize("mutation", MUTATIONS)
def test_every_mutation_is_found(mutation: Mutation, rehash: bool, tmp_path: Path, capsys: Capture) -> None:  # noqa: FBT001
    """In every ledger, at places all over: with the links as they were, or all made anew from there on.

    Numbers are made anew too, and the manifest tells what is there: only the signatures stand.
    """
    tried = 0
    for service in SERVICES:
        size = len(Congress.golden().of(service))
        for at in sorted({1, size // 3, size // 2, size - 1}):
            congress = Congress.golden()
            known = trust(tmp_path / "trust.toml", congress)
            congress.heads = {each: congress.head(each) for each in congress.ledgers}
            congress.relink = rehash
            mutation(congress, service, at)
            if rehash:
                congress.renumber(service)
            code, answer = asked(capsys, "export", congress.write(tmp_path / "x.zip"), "--trust", known)
            assert (code, answer["verdict"]) == (1, "unsound"), (service, at)
            assert not rehash or {"root", "covered"} & {*found(answer)}, (service, at)
            tried += 1
    assert tried >= 14


@pytest.mark.parametrize("house", ["house.example", "another.example"])
@pytest.mark.parametrize("service", SERVICES)
def test_a_ledger_left_out_is_missed(service: str, house: str, tmp_path: Path, capsys: Capture) -> None:
    """A whole ledger is dropped, from the manifest too, which may even name another house."""
    congress = Congress.golden()
    known, ledger = trust(tmp_path / "trust.toml", congress), congress.named(service)
    del congress.ledgers[ledger]
    congress.manifest["house"] = house
    code, answer = asked(capsys, "export", congress.write(tmp_path / "x.zip"), "--trust", known)
    told = [each["details"] for each in answer["findings"] if each["code"] == "absent.ledger"]
    assert (code, told) == (1, [{"ledger": ledger, "origin": f"{congress.house}/{ledger}"}])


def test_ledgers_of_other_congresses_and_houses_are_not_missed(tmp_path: Path, capsys: Capture) -> None:
    """One trust file serves for all whom an auditor knows."""
    congress = Congress.golden()
    known, (vkey,) = trust(tmp_path / "trust.toml", congress), [signer(congress.named("liaison")).vkey]
    others = (f"{congress.house}/liaison/630299", "other.example/archives/630202")
    with known.open("a", encoding="utf-8") as file:
        file.writelines(f'\n"{each}" = ["{vkey}"]' for each in others)
    code, answer = asked(capsys, "export", congress.write(tmp_path / "x.zip"), "--trust", known)
    assert (code, answer["findings"]) == (0, [])


def test_who_holds_the_keys_still_meets_the_rules(tmp_path: Path, capsys: Capture) -> None:
    """Rewritten, linked and signed again by the ledgers' own keys: an assignment moved by a month.

    The tree agrees; the dates that follow from the day, the rules of that day and the order of times do not.
    """
    congress = Congress.golden()
    entry = congress.first("suggestions", "suggestion.assigned.v1")
    later = json.loads(json.dumps(entry).replace(entry["data"]["day"], "2025-04-11"))
    congress.of("suggestions")[congress.of("suggestions").index(entry)] = later
    known = trust(tmp_path / "trust.toml", congress)
    code, answer = asked(capsys, "export", congress.write(tmp_path / "x.zip"), "--trust", known)
    assert (code, found(answer)) == (1, ["deadlines", "recorded", "rulebook"])


@pytest.mark.parametrize("seed", range(4))
def test_every_flipped_bit_is_found(seed: int, tmp_path: Path, capsys: Capture) -> None:
    """One bit anywhere in a ledger's bytes, in the file as it is written: never sound."""
    chance, congress = Random(seed), Congress.golden()
    known = trust(tmp_path / "trust.toml", congress)
    lines = {each: congress.lines(each) for each in congress.ledgers}
    congress.heads = {each: congress.head(each) for each in congress.ledgers}
    for _ in range(50):
        ledger = chance.choice(sorted(lines))
        at, raw = chance.randrange(len(lines[ledger])), list(lines[ledger])
        flipped = bytearray(raw[at])
        flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        raw[at] = bytes(flipped)
        congress.raw = {ledger: raw}
        code, answer = asked(capsys, "export", congress.write(tmp_path / "x.zip"), "--trust", known)
        assert (code, answer["verdict"]) == (1, "unsound"), (ledger, at)


def damaged(chance: Random, raw: bytes) -> bytes:
    """Put other bytes in one place, or in eight."""
    made = bytearray(raw)
    for _ in range(chance.choice((1, 1, 8))):
        made[chance.randrange(len(raw))] = chance.randrange(256)
    return bytes(made)


def test_a_damaged_archive_is_no_surprise(tmp_path: Path, capsys: Capture) -> None:
    """Bytes changed anywhere in a file, its frame included: a verdict, never a crash."""
    chance, codes, raw = Random(7), Counter[int](), (GOLDEN / "archive-2.zip").read_bytes()
    for _ in range(100):
        (tmp_path / "x.zip").write_bytes(damaged(chance, raw))
        codes[asked(capsys, "export", tmp_path / "x.zip", "--trust", GOLDEN / "trust.toml")[0]] += 1
    assert codes.keys() <= {0, 1, 2}  # what a ZIP says of a member's date matters to nobody
    assert codes[2] > 50


def test_a_damaged_receipt_never_holds(tmp_path: Path, capsys: Capture) -> None:
    """To whom all three witnesses matter every byte of a proof does: one changed, and it does not hold."""
    chance, codes, raw = Random(7), Counter[int](), (GOLDEN / "receipt.tlog-proof").read_bytes()
    known = trust(tmp_path / "trust.toml", Congress.golden(), need=3)
    for each in (raw, *(damaged(chance, raw) for _ in range(300))):
        (tmp_path / "x.tlog-proof").write_bytes(each)
        code = asked(capsys, "receipt", tmp_path / "x.tlog-proof", "--trust", known)[0]
        assert (code == 0) == (each == raw), each
        codes[code] += 1
    assert codes.keys() == {0, 1, 2}
    assert min(codes[1], codes[2]) > 20


def test_values_that_no_house_writes_are_no_surprise(tmp_path: Path, capsys: Capture) -> None:
    """Signed as they are, in any field: half a character, a list for a text. A verdict, never a crash."""
    odd: tuple[object, ...] = ("\ud800", [], {}, -1, [[1]], True)
    chance, codes = Random(11), Counter[int]()
    for wire in ("suggestion.submitted.v1", "suggestion.assigned.v1", "suggestion.replied.v1"):
        for name in Congress.golden().first("suggestions", wire)["data"]:
            congress = Congress.golden()
            congress.first("suggestions", wire)["data"][name] = chance.choice(odd)
            ledger = congress.named("suggestions")
            congress.raw[ledger] = [json.dumps(each).encode() for each in congress.of("suggestions")]
            file = congress.write(tmp_path / "x.zip")
            codes[asked(capsys, "export", file, "--unsigned")[0]] += 1
    assert codes.keys() == {1}


def test_what_lacks_its_shape_is_said(tmp_path: Path, capsys: Capture) -> None:
    """Signed or not, an event without what its type has, or out of turn, is no sound one."""
    congress = Congress.golden()
    del congress.first("suggestions", "suggestion.submitted.v1")["data"]["session"]
    known = trust(tmp_path / "trust.toml", congress)
    code, answer = asked(capsys, "export", congress.write(tmp_path / "x.zip"), "--trust", known)
    assert (code, "shape" in found(answer)) == (1, True)


def test_many_findings_are_counted(tmp_path: Path, capsys: Capture) -> None:
    """Of one check twenty are told, and how many there are."""
    congress = Congress.golden()
    for each in congress.of("deputies"):
        each["partitionkey"] = "630299"
    known = trust(tmp_path / "trust.toml", congress)
    _, answer = asked(capsys, "export", congress.write(tmp_path / "x.zip"), "--trust", known)
    assert (answer["counts"], len(answer["findings"])) == ({"place": 35}, 20)
