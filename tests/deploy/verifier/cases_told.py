"""More cases: figures that were published, and people who were erased."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.deploy.verifier.cases import case
from tests.deploy.verifier.writer import GOLDEN, SECRET, Congress, Value, packed, trust

OPINION = "opinion/zz1"
LAW = {"law": "中华人民共和国个人信息保护法", "version": "2021", "article": "第四十七条"}


def published(folder: Path, change: Callable[[Value], object]) -> list[str | Path]:
    """Take the figures that a house published of the golden congress, and change them."""
    told = json.loads((GOLDEN / "figures.json").read_bytes())
    change(told)
    (folder / "figures.json").write_text(json.dumps(told), "utf-8")
    return ["figure", GOLDEN / "archive-1.zip", folder / "figures.json", "--unsigned"]


@case("figures.known")
def _beyond(folder: Path) -> list[str | Path]:
    return published(folder, lambda told: told.update(positions={"suggestions/630202": 17}))


@case("figures.rates")
def _better(folder: Path) -> list[str | Path]:
    return published(folder, lambda told: told["figures"][3].update(numerator=2))


@case("figures.totals")
def _more(folder: Path) -> list[str | Path]:
    return published(folder, lambda told: told.update(items=2))


@case("figures.standing")
def _stale(folder: Path) -> list[str | Path]:
    return published(folder, lambda told: told.update(at="suggestions/630202/9"))


def erased(folder: Path, change: Callable[[Congress], None] = lambda _: None) -> list[str | Path]:
    """Write an archive with personal data in which one opinion was erased."""
    congress = Congress.golden()
    given = congress.first("liaison", "opinion.received.v1")["data"]
    words = {"record": "gone1", "ciphertext": "1" * 64, "commitment": "2" * 64}
    congress.append("liaison", "opinion.received.v1", OPINION, given | {"words": words})
    asked = {"requester": "citizen/anonymous", "ground": "consent_withdrawn"}
    congress.append("liaison", "opinion.erasure-requested.v1", OPINION, asked)
    granted = {"owner": OPINION, "approver": "staff/a1", "ground": "consent_withdrawn", "basis": LAW}
    congress.append("liaison", "opinion.erased.v1", OPINION, granted)
    congress.owners = [[OPINION, None, "2025-05-20T09:00:00.000000Z"], ["person/p1", "ab" * 32, None]]
    congress.records = [["kept1", "person/p1", "text/plain", "2025-01-01", "00"]]
    change(congress)
    (folder / "key").write_text(packed(SECRET))
    known = trust(folder / "t.toml", congress)
    return ["erasure", congress.write(folder / "x.zip"), "--trust", known, "--key-file", folder / "key"]


@case("erasures.granted")
def _nobody(folder: Path) -> list[str | Path]:
    return erased(folder, lambda congress: congress.of("liaison")[-1]["data"].pop("basis"))


@case("erasures.asked")
def _alone(folder: Path) -> list[str | Path]:
    return erased(folder, lambda congress: congress.of("liaison")[-2]["data"].update(requester="leader/a1"))


def _owner_key(congress: Congress) -> None:
    assert congress.owners is not None
    congress.owners[0][1] = "cd" * 32


@case("erasures.keys")
def _key(folder: Path) -> list[str | Path]:
    return erased(folder, _owner_key)


@case("erasures.records")
def _record(folder: Path) -> list[str | Path]:
    row = ["gone1", "person/p1", "text/plain", "2025-01-01", "00"]
    return erased(folder, lambda congress: congress.records.append(row))


def _another(congress: Congress) -> None:
    assert congress.owners is not None
    congress.owners.append(["opinion/zz2", None, "2025-05-20T09:00:00.000000Z"])


@case("erasures.unsaid")
def _unsaid(folder: Path) -> list[str | Path]:
    return erased(folder, _another)


@case("erasures.references")
def _reference(folder: Path) -> list[str | Path]:
    return erased(folder, lambda congress: congress.of("liaison")[-3]["data"]["words"].update(commitment=""))
