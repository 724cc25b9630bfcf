"""Two hundred canaries forgotten: not a byte of them in any file, and nothing that was proven breaks."""

import json
import shutil
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from deploy.embedded import House, house
from deploy.folder import Folder
from events.drivers import apsw
from events.proof.chain import START, Link, walk
from events.vault import sqlite
from gateway.accounts.values import Account
from tests.cast import CITIZEN, CLERK
from tests.deploy.test_moving import at_work, exported, imported
from tests.services.liaison.test_api import OPEN
from tests.specification import Who
from tests.world import CONGRESS, Client, found, told

pytestmark = pytest.mark.timeout(240)
LEADER, COLLEAGUE = Who("leader", "sun"), Who("staff", "another")
GONE, STAYS = range(40), range(40, 50)
"""Citizens and people of the office who are forgotten, and who are not."""
GROUND = {"ground": "consent_withdrawn"}


def words(number: int) -> dict[str, str]:
    """Give what a citizen says, and nobody else."""
    return {"words": f"canary words {number:03}.", "contact": f"canary phone {number:03}.",
            "place": f"canary place {number:03}."}  # fmt: skip


def name(number: int) -> str:
    """Give somebody's name."""
    return f"canary name {number:03}."


def login(number: int) -> str:
    """Give somebody's login, which stands in the clear while he may come in."""
    return f"canary.login.{number:03}."


SEALED = {
    "keys.db": "SELECT wrapped FROM owner WHERE owner IN (SELECT value FROM json_each(?))",
    "vault.db": "SELECT ciphertext FROM record WHERE owner IN (SELECT value FROM json_each(?))",
}
"""What the vault's files hold of owners."""
CANARIES = [text for n in GONE for text in (*words(n).values(), name(n), login(n))]


@dataclass
class Office:
    """A house with its services, what they were told, and the way to every opinion."""

    standing: House
    codes: list[str] = field(default_factory=list)
    opinions: list[str] = field(default_factory=list)

    async def do(self, service: str, who: Who, path: str, body: Mapping[str, Any]) -> Any:  # noqa: ANN401
        """Command; it must succeed."""
        answer = await Client(self.standing.running[service]).post(who, path, body)
        assert answer.status in {200, 201}, answer.body
        return told(answer)

    async def read(self, service: str, who: Who, path: str) -> Any:  # noqa: ANN401 - JSON
        """Read."""
        answer = await Client(self.standing.running[service]).get(who, path)
        assert answer.status == 200, answer.body
        return told(answer)

    async def people(self, numbers: Iterable[int]) -> None:
        """Let people of the office come and go, each with a way to sign in."""
        accounts = self.standing.accounts
        for n in numbers:
            role = {"person": f"p{n}", "role": "auditor"}
            await self.do("deputies", CLERK, "/congress/roles", {**role, "name": name(n)})
            await self.do("deputies", CLERK, "/congress/roles/withdrawal", role)
            account = Account(login(n), CONGRESS, f"p{n}", "hash", 1)
            assert await accounts.add(account)
            assert await accounts.open_session(account, 1)
            assert await accounts.create_token(login(n), "token", 1, 2)

    async def citizens(self, numbers: Iterable[int]) -> None:
        """Let citizens speak at a new station."""
        opened = await self.do("liaison", CLERK, "/stations", OPEN)
        for n in numbers:
            body = {"station": opened["thing"], "anonymous": False, **words(n)}
            done = await self.do("liaison", CITIZEN, "/opinions", body)
            self.codes.append(done["code"])
            self.opinions.append(done["thing"])
        await self.standing.settled()

    async def ask(self, n: int) -> None:
        """Ask for the end of an opinion."""
        await self.do("liaison", CITIZEN, f"/receipts/{self.codes[n]}/erasure", GROUND)
        await self.standing.settled()

    async def forget(self, numbers: Iterable[int]) -> None:
        """Ask for and grant the end of citizens' words and of people's data."""
        for n in numbers:
            await self.do("liaison", CITIZEN, f"/receipts/{self.codes[n]}/erasure", GROUND)
            await self.do("liaison", CLERK, f"/opinions/{self.opinions[n]}/erasure/approval", {})
            asked = {"person": f"p{n}", "reason": "asked", **GROUND}
            await self.do("deputies", CLERK, "/erasures", asked)
            await self.do("deputies", LEADER, f"/erasures/p{n}/approval", {})
        await self.standing.settled()


@asynccontextmanager
async def office(data: Path) -> AsyncIterator[Office]:
    """Found a house in which all have spoken."""
    folder = Folder.open(data, "haidong")
    try:
        async with house(folder) as standing:
            await found(standing.ports)
            here = Office(standing)
            await here.people((*GONE, *STAYS))
            await here.citizens((*GONE, *STAYS))
            yield here
    finally:
        folder.close()


def sealed(data: Path, numbers: Iterable[int], opinions: list[str]) -> list[bytes]:
    """Give the wrapped keys and the ciphertexts of owners, as the files have them."""
    owners = [f"person/p{n}" for n in numbers] + [f"opinion/{opinions[n]}" for n in numbers]
    found = list[bytes]()
    for file, statement in SEALED.items():
        with closing(apsw.connect(data / file, read_only=True)) as connection:
            rows = connection.execute(statement, (json.dumps(owners),))
            found += [bytes(value)[-24:] for (value,) in rows]
    return found


def hits(folder: Path, traces: Iterable[bytes]) -> list[str]:
    """Name the files in which a trace stands, with the trace."""
    contents = {each.name: each.read_bytes() for each in folder.rglob("*") if each.is_file()}
    return [f"{file}: {trace!r}" for trace in traces for file, held in contents.items() if trace in held]


async def entries(standing: House) -> dict[str, list[bytes]]:
    """Give every ledger's entries."""
    heads = await standing.journal.heads()
    return {ledger: list(await standing.journal.fetch(ledger, 0, 10_000)) for ledger in heads}


async def test_not_a_byte_is_left(tmp_path: Path) -> None:
    """L9, L10: After 80 owners and their accounts were erased, no file and no later backup has a trace."""
    data, copy = tmp_path / "data", tmp_path / "copy"
    assert len(CANARIES) == 200
    async with office(data) as here:
        traces = [*map(str.encode, CANARIES), *sealed(data, GONE, here.opinions)]
        control = [login(n).encode() for n in STAYS] + sealed(data, STAYS, here.opinions)
        assert len({each.partition(": ")[2] for each in hits(data, traces)}) == 40 + 80 + 160
        before = await entries(here.standing)
        await here.forget(GONE)
        await proven(here, before)
        assert hits(data, traces) == []
        shutil.copytree(data, copy)
        assert hits(copy, traces) == []
        assert len({each.partition(": ")[2] for each in hits(copy, control)}) == len(control)
    assert hits(data, traces) == []


async def proven(here: Office, before: Mapping[str, list[bytes]]) -> None:
    """See that entries, receipts, totals and views are what they were, but for the words."""
    for ledger, now in (await entries(here.standing)).items():
        assert now[: len(before[ledger])] == before[ledger]
        assert isinstance(walk(ledger, now, START), Link)
    for running in here.standing.running.values():
        for view in list(running.desk.folds):
            report = await running.rebuild(view, lambda *_: None)
            assert (report.differing, report.switched) == ([], True)
    receipt = await here.read("liaison", CITIZEN, f"/receipts/{here.codes[0]}")
    assert (receipt["stage"], receipt["erasure"], receipt["words"]["text"]) == ("erased", "erased", None)
    rows = (await here.read("liaison", CLERK, "/opinions/tally?by=stage"))["rows"]
    assert {each["value"]: each["count"] for each in rows} == {"erased": len(GONE), "waiting": len(STAYS)}
    listed = (await here.read("deputies", CLERK, "/erasures?state=erased&limit=100"))["items"]
    assert len(listed) == len(GONE)
    assert {each["reason"]["text"] for each in listed} == {"asked"}
    assert {each["names"][f"person/{each['person']}"]["text"] for each in listed} == {None}
    assert [each.login for each in await here.standing.accounts.of(CONGRESS)] == [login(n) for n in STAYS]


async def test_bytes_that_are_left_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The search has teeth: without overwriting, and without emptying the WAL, traces are found."""
    data, connect = tmp_path / "data", apsw.connect

    def careless(path: Path, **options: bool) -> apsw.Connection:
        return connect(path, **{**options, "secure_delete": False})

    monkeypatch.setattr(apsw, "connect", careless)
    async with office(data) as here:
        traces = sealed(data, GONE, here.opinions)
        await here.forget(GONE[:3])
        assert hits(data, traces[:3])
        monkeypatch.undo()
        monkeypatch.setattr(sqlite, "_scrub", lambda *_: None)
        await here.forget(GONE[3:6])
        assert hits(data, traces[3:6])


async def test_a_law_keeps_words_unread_and_the_erased_stay_erased_abroad(tmp_path: Path) -> None:
    """L10: What is restricted opens to nobody, here or after a move; lifted it opens; erased never."""
    data, other, file = tmp_path / "data", tmp_path / "other", tmp_path / "city.mandate"
    async with office(data) as here:
        closed, gone = 1, 0
        for n in (closed, gone):
            await here.ask(n)
        place = f"/opinions/{here.opinions[closed]}/erasure"
        await here.do("liaison", CLERK, f"{place}/restriction", {"law": "档案法"})
        await here.do("liaison", CLERK, f"/opinions/{here.opinions[gone]}/erasure/approval", {})
        await here.standing.settled()
        assert await said(here, closed, gone) == [None, None]
    Folder.open(other, "haidong").close()
    await exported(data, file, close=True, personal=True)
    await imported(other, file)
    async with at_work(other) as standing:
        there = Office(standing, here.codes, here.opinions)
        assert await said(there, closed, gone, 2) == [None, None, words(2)["words"]]
        await there.do("liaison", COLLEAGUE, f"{place}/restriction/end", {})
        await standing.settled()
        assert await said(there, closed, gone) == [words(closed)["words"], None]


async def test_restored_keys_are_erased_again(tmp_path: Path) -> None:
    """L10: A backup of the vault from before, put back, opens to nobody once the shelf is removed."""
    data, backup = tmp_path / "data", tmp_path / "backup"
    async with office(data) as here:
        await here.ask(0)
    shutil.copytree(data, backup)
    async with at_work(data) as standing:
        there = Office(standing, here.codes, here.opinions)
        await there.do("liaison", CLERK, f"/opinions/{here.opinions[0]}/erasure/approval", {})
        await standing.settled()
        assert await said(there, 0, 1) == [None, words(1)["words"]]
    restored(data, backup, "keys.db*", "vault.db*")
    async with at_work(data) as standing:
        assert await said(Office(standing, here.codes), 0) == [words(0)["words"]], "the backup holds it"
    restored(data, backup, "keys.db*", "vault.db*")
    removed(data, "shelf.db*")
    async with at_work(data) as standing:
        assert await said(Office(standing, here.codes), 0, 1) == [None, words(1)["words"]]


def removed(data: Path, pattern: str) -> None:
    """Remove a database with its log."""
    for file in data.glob(pattern):
        file.unlink()


def restored(data: Path, backup: Path, *patterns: str) -> None:
    """Put databases back with their logs, as a backup has them."""
    for pattern in patterns:
        removed(data, pattern)
        for file in backup.glob(pattern):
            shutil.copy(file, data / file.name)


async def said(here: Office, *numbers: int) -> list[str | None]:
    """Give the words that citizens read under their codes."""
    found = [await here.read("liaison", CITIZEN, f"/receipts/{here.codes[n]}") for n in numbers]
    return [each["words"]["text"] for each in found]
