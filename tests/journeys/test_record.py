"""What is to be seen of the record: a receipt that verifies without the house, a byte that was changed."""

import asyncio
import hashlib
import io
import json
import re
import shutil
import sys
import uuid
import zipfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import apsw
import pytest

from events.journal.port import Head
from gateway.api.document import BASE
from gateway.clients.port import Answer
from gateway.limits import Limiter, Limits
from services.chassis.auditing.reports import DRIFT, EVERY, REPORTS, STORE
from tests.journeys.running import mandate
from tests.journeys.visiting import CITY, DISTRICT, NOBODY, Visit, opened
from tests.rulebook import HOUSE

LEDGER, CHANGED = f"suggestions/{CITY}", 41
NONCE, WORDS = "0123456789abcdefghijklmnop", "示例：菜市场门口的路灯不亮。\n请修一修。"
BYTES = pytest.mark.parametrize(
    ("byte", "proof"), [(b"x", 1), (b"\xff", 2)], ids=["another letter", "no letter"]
)
"""What is put in place of a letter, and the tool's exit code for that entry's proof."""


@pytest.fixture
def data(haidong_folder: Path, tmp_path: Path) -> Path:
    """Give a folder that the test may spoil."""
    return shutil.copytree(haidong_folder, tmp_path / "data")


async def page(visit: Visit, path: str, role: str = "auditor") -> Answer:
    """Open a page of the city's as who holds a role there; it must be there."""
    answer = await visit.ask(visit.who(CITY, role) if role else NOBODY, "GET", f"/{CITY}{path}")
    assert answer.status == 200, answer.body.decode()
    return answer


async def given(visit: Visit) -> str:
    """Say something under a number of one's own; give the code, once what was said is signed."""
    body = {"station": visit.things[CITY]["stations"], "words": WORDS, "anonymous": True, "nonce": NONCE}
    path, key = f"{BASE}/{CITY}/opinions", str(uuid.uuid4())
    done = json.loads((await visit.ask(NOBODY, "POST", path, body, idempotency_key=key)).body)
    assert await visit.house.proving.signed(f"liaison/{CITY}", done["receipt"]["last"], 20)
    await visit.house.settled()
    return str(done["code"]).lower()


async def trusted(visit: Visit, to: Path) -> Path:
    """Write down the keys of all ledgers, as the gazette has them."""
    lines = ["[origins]"]
    for service in ("deputies", "suggestions", "liaison", "training"):
        answer = await visit.ask(NOBODY, "GET", f"{BASE}/{CITY}/ledgers/{service}/keys")
        told = json.loads(answer.body)
        lines.append(f'"{told["origin"]}" = {json.dumps(told["vkeys"])}')
    to.write_text("\n".join(lines), "utf-8")
    return to


async def verified(elsewhere: Path, *asked: str | Path) -> tuple[int, str]:
    """Ask the auditor's tool, which lies alone in another folder and knows nothing of the house."""
    if not (elsewhere / "verifier").exists():
        shutil.copytree(HOUSE / "deploy" / "verifier", elsewhere / "verifier")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "verifier", *map(str, asked), cwd=elsewhere,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def test_a_receipt_verifies_when_the_house_is_gone(data: Path, tmp_path: Path) -> None:
    """From its page: proof, words and key; they hold for this number and these words, and no other."""
    async with AsyncExitStack() as stack:
        visit = await opened(data, stack)
        code = await given(visit)
        shown = (await page(visit, f"/receipts/{code}", "")).body.decode()
        how = (await page(visit, f"/receipts/{code}/checking", "")).body.decode()
        proof, words = tmp_path / "mine.tlog-proof", tmp_path / "mine.txt"
        file = await page(visit, f"/receipts/{code}/proof", "")
        assert file.header("content-disposition") == f'attachment; filename="{code[:4]}.tlog-proof"'
        proof.write_bytes(file.body)
        words.write_bytes((await page(visit, f"/receipts/{code}/words", "")).body)
        trust = await trusted(visit, tmp_path / "trust.toml")
    shutil.rmtree(data)
    assert hashlib.sha256(NONCE.encode()).hexdigest() in shown
    assert NONCE not in shown + how
    assert words.read_text("utf-8") == WORDS
    (key,) = re.findall(r"--key ([0-9a-f]{64})", how)
    mine = ("receipt", proof, "--trust", trust, "--words", words, "--key", key, "--nonce")
    code_, said = await verified(tmp_path, *mine, NONCE)
    assert code_ == 0, said
    assert re.findall(r"[0-9a-f]{64}", said)[-1] in shown
    assert (await verified(tmp_path, *mine, NONCE[::-1]))[0] == 1
    words.write_text(WORDS.replace("路灯", "电灯"), "utf-8")
    assert (await verified(tmp_path, *mine, NONCE))[0] == 1


async def test_two_people_get_two_receipts(data: Path) -> None:
    """The same words at the same place: another entry, another digest, another key."""
    async with AsyncExitStack() as stack:
        visit = await opened(data, stack)
        paths = [f"{BASE}/{CITY}/receipts/{await given(visit)}/proof" for _ in range(2)]
        told = [json.loads((await visit.ask(NOBODY, "GET", path)).body) for path in paths]
        absent = f"{BASE}/{CITY}/receipts/{'a' * 26}/proof"
        assert (await visit.ask(NOBODY, "GET", absent)).status == 404
    assert all(each["sound"] for each in told)
    assert all(told[0][name] != told[1][name] for name in ("at", "hash", "opening", "proof"))


def spoilt(data: Path, byte: bytes) -> None:
    """Change one byte of an entry in the database."""
    connection = apsw.Connection(str(data / "journal.db"))
    found = b'"id":"%s/%d"' % (LEDGER.encode(), CHANGED)
    ((place, raw),) = connection.execute("SELECT place, raw FROM entry WHERE instr(raw, ?)", (found,))
    at = raw.index(b'"actor":"') + len(b'"actor":"')
    connection.execute("UPDATE entry SET raw = ? WHERE place = ?", (raw[:at] + byte + raw[at + 1 :], place))
    connection.close()


@BYTES
async def test_a_changed_byte_is_shown_by_all(data: Path, tmp_path: Path, byte: bytes, proof: int) -> None:
    """The house says which entry, the tool says so of proof and export, the pages show it."""
    async with AsyncExitStack() as stack:
        visit = await opened(data, stack)
        head: Head = (await visit.house.journal.heads(LEDGER))[LEDGER]
        assert await visit.house.proving.signed(LEDGER, head.sequence, 20)
        trust = await trusted(visit, tmp_path / "trust.toml")
    spoilt(data, byte)
    code, said = await mandate("audit", "verify", "--data", str(data), "--workers", "0")
    assert code == 1, said
    assert f"{CHANGED}: " in said
    async with AsyncExitStack() as stack:
        visit = await opened(data, stack)
        await shown(visit)
        for name, path in (("proof", f"/record/suggestions/{CHANGED}/proof"), ("export", "/record/export")):
            (tmp_path / name).write_bytes((await page(visit, path)).body)
    code, said = await verified(tmp_path, "receipt", tmp_path / "proof", "--trust", trust)
    assert code == proof, said
    code, said = await verified(tmp_path, "export", tmp_path / "export", "--trust", trust)
    assert code == 1, said
    assert f"link {LEDGER}/{CHANGED + 1}" in said, "the next one does not know it"


async def shown(visit: Visit) -> None:
    """See on the pages which entry is not what was signed, and that the others are."""
    say = visit.house.front.rendering.words.say
    for sequence in (CHANGED - 1, CHANGED, CHANGED + 1):
        body = (await page(visit, f"/record/suggestions/{sequence}")).body.decode()
        assert (say("zh", "record.unsound_said") in body) == (sequence == CHANGED)
        assert (say("zh", "record.sound") in body) == (sequence != CHANGED)
    assert (
        f"/record/suggestions/{CHANGED}" in (await page(visit, "/record/suggestions?after=30")).body.decode()
    )
    assert f"{LEDGER}/{CHANGED}</a>" in (await page(visit, "/record/audit")).body.decode()
    assert say("zh", "record.broken") in (await page(visit, "/record")).body.decode()


async def test_an_export_from_the_page_is_whole(data: Path, tmp_path: Path) -> None:
    """The tool finds nothing wrong with it; nobody's words are in it, nor another congress."""
    async with AsyncExitStack() as stack:
        visit = await opened(data, stack)
        code = await given(visit)
        trust = await trusted(visit, tmp_path / "trust.toml")
        (tmp_path / "city.mandate").write_bytes((await page(visit, "/record/export")).body)
    exit_code, said = await verified(tmp_path, "export", tmp_path / "city.mandate", "--trust", trust)
    assert exit_code == 0, said
    with zipfile.ZipFile(io.BytesIO((tmp_path / "city.mandate").read_bytes())) as file:
        everything = b"".join(file.read(name) for name in file.namelist())
        assert not [name for name in file.namelist() if DISTRICT in name or name.startswith("sealed/")]
    assert all(each not in everything for each in (WORDS.encode(), code.encode(), NONCE.encode()))


async def test_only_auditors_get_all_ledgers(visit: Visit) -> None:
    """Who may not read each of them, as raw as they are, gets no file with all, and no link to it."""
    path = f"/{CITY}/record/export"
    for role in ("staff", "leader", "deputy", "unit", "station"):
        assert (await visit.ask(visit.who(CITY, role), "GET", path)).status == 403, role
    stranger = await visit.ask(NOBODY, "GET", path)
    assert (stranger.status, stranger.header("location")) == (303, f"/sign-in?next={path}")
    shown = {role: (await page(visit, "/record", role)).body.decode() for role in ("staff", "auditor")}
    assert [role for role, body in shown.items() if f'href="{path}"' in body] == ["auditor"]


async def test_the_last_audit_is_as_old_as_its_oldest_part_and_no_better_than_its_store(data: Path) -> None:
    """Of views compared on several days the first counts; where the store is damaged no ledger is whole."""
    async with AsyncExitStack() as stack:
        visit = await opened(data, stack)
        say, shelf = visit.house.front.rendering.words.say, visit.house.ports.shelf
        view = {"view": "a", "ledger": LEDGER, "mark": 1, "documents": 1, "differing": 0, "findings": []}
        days = ("2025-03-02", "2025-01-05", "2025-04-01")
        views = [{**view, "ran": f"{day}T01:00:00.000000Z"} for day in days]
        drift = {"sound": True, "views": views}
        await shelf.put(CITY, REPORTS, "suggestions", {DRIFT: (1, drift)}, 1)
        shown = (await page(visit, "/record")).body.decode()
        assert [f'datetime="{day}' in shown for day in days] == [False, True, False]
        assert say("zh", "record.damaged") not in shown
        flaw = "an entry lies at <7>, in no ledger"
        for each in ("suggestions", "training"):
            store = {"ran": "2025-03-02T01:00:00.000000Z", "flaws": [flaw]}
            await shelf.put(EVERY, REPORTS, each, {STORE: (1, store)}, 1)
        for path in ("/record", "/record/audit"):
            shown = (await page(visit, path)).body.decode()
            assert shown.count(say("zh", "record.damaged")) == 2 + (path != "/record")
            assert shown.count(flaw.replace("<7>", "&lt;7&gt;")) == (path != "/record")
        assert say("zh", "record.damaged_said") in shown


async def test_who_guesses_codes_is_held_up_and_nobody_else(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has a code may open all its pages, often; ten codes that nobody was given are enough."""
    monkeypatch.setattr(visit.house.front, "limiter", Limiter(Limits()))
    code = visit.things[CITY]["receipts"]
    for part in ("", "/checking", "/erasure", "/words") * 4:
        await page(visit, f"/receipts/{code}{part}", "")
    guesses = [await visit.ask(NOBODY, "GET", f"/{CITY}/receipts/{'a' * 26}") for _ in range(11)]
    assert [each.status for each in guesses] == [404] * 10 + [429]
    assert (await visit.ask(NOBODY, "GET", f"/{CITY}/receipts/{code}")).status == 429


@pytest.mark.parametrize(
    "path", ["/record/none", "/record/suggestions/0", "/record/suggestions/999999", "/record/suggestions/x"]
)
async def test_what_is_no_entry_is_absent(visit: Visit, path: str) -> None:
    """Another ledger, and a number that is none or that was never given."""
    assert (await visit.ask(visit.who(CITY, "auditor"), "GET", f"/{CITY}{path}")).status == 404


async def test_who_may_read_is_led_to_the_entry(visit: Visit) -> None:
    """Addresses in stories are links for the office and the auditor, words for all others."""
    thing = visit.things[CITY]["suggestions"]
    led: Sequence[str] = [
        role for role in ("staff", "auditor", "leader", "deputy")
        if f'href="/{CITY}/record/' in (await page(visit, f"/suggestions/{thing}", role)).body.decode()
    ]  # fmt: skip
    assert led == ["staff", "auditor"]
