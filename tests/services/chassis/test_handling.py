"""Load, decide, append: once for its key, and again when somebody was faster."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from events.catalogue.envelope import Entry
from events.journal.port import Once
from services.chassis.asking import keyed
from services.chassis.running import Ports
from services.suggestions.service import SERVICE
from tests.cast import CLERK, COSIGNER, LEAD, UNIT_CLERK
from tests.world import CONGRESS, Client, found, ports, running, told

LEDGER = f"suggestions/{CONGRESS}"
WORDS = {"title": "关于改善供热的建议", "text": "情况、问题、建议。"}


@pytest.fixture
async def standing(tmp_path: Path) -> AsyncIterator[Ports]:
    """Ports with a founded congress."""
    async with ports(tmp_path) as opened:
        await found(opened, "ma", "li")
        yield opened


@pytest.fixture
async def client(standing: Ports) -> AsyncIterator[Client]:
    """The suggestions service at work."""
    async with running(SERVICE, standing) as at_work:
        yield Client(at_work)


async def drafted(client: Client, key: str | None = None) -> str:
    """Begin a suggestion; give its path."""
    answer = await client.post(LEAD, "/suggestions", WORDS, key=key)
    assert answer.status == 201
    return "/suggestions/" + str(told(answer)["id"]).partition("/")[2]


async def test_a_command_is_answered_with_its_receipt(client: Client, standing: Ports) -> None:
    """A 2xx carries ledger, sequence and entry hash, position and ETag."""
    answer = await client.post(LEAD, "/suggestions", WORDS)
    body, head = told(answer), (await standing.journal.heads())[LEDGER]
    assert (body["receipt"]["last"], body["receipt"]["hash"]) == (head.sequence, head.hash)
    assert answer.header("mandate-position") == f"{LEDGER}/1"
    assert answer.header("etag") == '"1"'


async def test_the_same_request_gets_the_first_answer(client: Client, standing: Ports) -> None:
    """Same key, same request: the first answer to the byte, and nothing is written again."""
    first = await client.post(LEAD, "/suggestions", WORDS, key="k" * 16)
    again = await client.post(LEAD, "/suggestions", WORDS, key="k" * 16)
    assert (first.status, first.body) == (again.status, again.body)
    assert (await standing.journal.heads())[LEDGER].sequence == 1


async def test_a_key_belongs_to_one_request(client: Client) -> None:
    """Same key, another body: 422, whoever is right."""
    await client.post(LEAD, "/suggestions", WORDS, key="k" * 16)
    answer = await client.post(LEAD, "/suggestions", {**WORDS, "title": "另一件"}, key="k" * 16)
    assert (answer.status, told(answer)["code"]) == (422, "idempotency-key-reused")


async def test_keys_of_different_callers_do_not_meet(client: Client) -> None:
    """A key is scoped by caller and operation."""
    one = await client.post(LEAD, "/suggestions", WORDS, key="k" * 16)
    other = await client.post(COSIGNER, "/suggestions", WORDS, key="k" * 16)
    assert told(one)["id"] != told(other)["id"]


async def test_parallel_retries_are_one(client: Client, standing: Ports) -> None:
    """Twenty retries at once of one request are one entry and twenty equal answers."""
    answers = await asyncio.gather(
        *(client.post(LEAD, "/suggestions", WORDS, key="p" * 16) for _ in range(20))
    )
    assert {(each.status, each.body) for each in answers} == {(201, answers[0].body)}
    assert (await standing.journal.heads())[LEDGER].sequence == 1


@pytest.mark.parametrize("conditional", [True, False])
async def test_a_retry_overtaken_by_itself(
    client: Client, standing: Ports, monkeypatch: pytest.MonkeyPatch, *, conditional: bool
) -> None:
    """Written before its look at the state: the first answer, not stale, no rule's no."""
    path = await drafted(client)
    etag = (await client.get(LEAD, path, f"{LEDGER}/1")).header("etag") if conditional else None
    read, overtaken = standing.journal.read, asyncio.Event()
    first = [True]

    async def slow(ledger: str, subject: str, after: int = 0) -> Sequence[bytes]:
        if first:
            first.clear()
            await overtaken.wait()
        return await read(ledger, subject, after)

    monkeypatch.setattr(standing.journal, "read", slow)
    late = asyncio.create_task(client.post(LEAD, f"{path}/submission", {}, key="p" * 16, etag=etag))
    await asyncio.sleep(0.05)
    answer = await client.post(LEAD, f"{path}/submission", {}, key="p" * 16, etag=etag)
    overtaken.set()
    assert ((await late).status, (await late).body) == (200, answer.body)


async def test_a_retry_keeps_no_words_again(client: Client, standing: Ports) -> None:
    """Sent again, a command leaves the records of the first time only."""
    await client.post(LEAD, "/suggestions", WORDS, key="w" * 16)
    for _ in range(3):
        await client.post(LEAD, "/suggestions", WORDS, key="w" * 16)
    assert len(await standing.vault.orphans("9999")) == 2


async def test_what_is_remembered_is_what_is_read(client: Client) -> None:
    """A state folded on as it was written equals the one folded from the ledger."""
    path = await drafted(client)
    await client.post(LEAD, f"{path}/submission", {})
    states = client._running.desk.handling.states  # noqa: SLF001 - the same service
    remembered = dict(states._memory)  # noqa: SLF001 - what is compared
    states._memory.clear()  # noqa: SLF001 - as above
    await client.post(LEAD, f"{path}/submission", {})
    read = {place: kept for place, kept in states._memory.items() if kept.version}  # noqa: SLF001 - as above
    assert read
    assert read == {place: remembered[place] for place in read}


async def test_numbers_have_no_gap_and_no_clash(client: Client) -> None:
    """Ten registrations at once get the numbers 1 to 10: the losers decide again."""
    paths = [await drafted(client) for _ in range(10)]
    for path in paths:
        submitted = await client.post(LEAD, f"{path}/submission", {})
        await client.post(CLERK, f"{path}/admission", {"category": "城乡建设"}, etag=submitted.header("etag"))
    answers = await asyncio.gather(*(client.post(CLERK, f"{path}/registration", {}) for path in paths))
    assert {each.status for each in answers} == {200}
    seen = answers[-1].header("mandate-position")
    documents = [told(await client.get(CLERK, path, seen)) for path in paths]
    assert sorted(each["number"] for each in documents) == list(range(1, 11))


async def test_a_stale_etag_is_not_decided_again(client: Client) -> None:
    """With If-Match nothing is decided again: 412."""
    path = await drafted(client)
    await client.post(LEAD, f"{path}/submission", {})
    answer = await client.post(CLERK, f"{path}/admission", {"category": "教育"}, etag='"1"')
    assert (answer.status, told(answer)["code"]) == (412, "stale")


async def test_a_decision_demands_if_match(client: Client) -> None:
    """Decisions, replies and ratings without If-Match: 428."""
    path = await drafted(client)
    await client.post(LEAD, f"{path}/submission", {})
    answer = await client.post(CLERK, f"{path}/admission", {"category": "教育"})
    assert (answer.status, told(answer)["code"]) == (428, "if-match-required")


async def test_an_unknown_thing_is_absent(client: Client) -> None:
    """Acting on what does not exist: 404, and no stream begins."""
    answer = await client.post(UNIT_CLERK, "/suggestions/nobody/receipt", {})
    assert (answer.status, told(answer)["code"]) == (404, "not-found")


async def test_a_refusal_leaves_nothing(client: Client, standing: Ports) -> None:
    """A refused command leaves no entry, no key and no words."""
    path = await drafted(client)
    refused = await client.post(COSIGNER, f"{path}/words", {**WORDS, "title": "不是我的"}, key="r" * 16)
    assert refused.status == 403
    assert (await standing.journal.heads())[LEDGER].sequence == 1
    assert len(await standing.vault.orphans("9999")) == 2
    again = await client.post(LEAD, f"{path}/words", WORDS, key="r" * 16)
    assert again.status == 200


async def test_words_lie_in_the_vault_only(client: Client, standing: Ports) -> None:
    """An entry names its words by record, ciphertext and commitment, and never tells them."""
    await drafted(client)
    (raw,) = await standing.journal.fetch(LEDGER, 0, 10)
    assert "供热" not in raw.decode()
    reference = Entry(raw).data["title"]
    opened = await standing.vault.open(CONGRESS, [reference["record"]])
    assert opened[reference["record"]].plaintext.decode() == WORDS["title"]


async def test_a_decision_records_what_it_stood_on(client: Client, standing: Ports) -> None:
    """An entry names the positions of others that the decision had seen, and the rulebook."""
    await drafted(client)
    (raw,) = await standing.journal.fetch(LEDGER, 0, 10)
    entry, head = Entry(raw), (await standing.journal.heads())[f"deputies/{CONGRESS}"]
    assert entry.standson == (f"deputies/{CONGRESS}/{head.sequence}",)
    assert entry.rulebook == "national@2015"
    assert json.loads(raw)["partitionkey"] == CONGRESS


async def test_a_position_that_never_comes_is_503(client: Client) -> None:
    """Mandate-At-Least beyond what the references have: 503 with Retry-After, within 2 s."""
    at_work = client._running  # noqa: SLF001 - the same service
    heads = await at_work.ports.journal.heads("deputies/")
    ahead = f"deputies/{CONGRESS}/{heads[f'deputies/{CONGRESS}'].sequence + 1}"
    answer = await client._ask(  # noqa: SLF001
        LEAD, "POST", "/suggestions",
        [("idempotency-key", "b" * 16), ("mandate-at-least", ahead)], json.dumps(WORDS).encode(),
    )  # fmt: skip
    assert (answer.status, told(answer)["code"]) == (503, "references-behind")
    assert answer.header("retry-after")


async def test_no_secret_of_the_caller_stands_in_an_entry(client: Client, standing: Ports) -> None:
    """An entry tells neither the idempotency key nor what a client wrote for a request id."""
    await drafted(client, key="a-secret-of-the-caller")
    (raw,) = await standing.journal.fetch(LEDGER, 0, 10)
    assert b"a-secret-of-the-caller" not in raw


def test_a_fingerprint_cannot_be_tried_without_the_secret() -> None:
    """The stored fingerprint is keyed: two congresses keep different ones of one request."""
    once = Once("deputy/ma draftSuggestion", "k" * 16, b"f" * 32)
    kept = {keyed(once, secret).fingerprint for secret in (b"1" * 32, b"2" * 32)}
    assert len(kept | {once.fingerprint}) == 3
    assert keyed(Once("reaction/x", "k"), b"1" * 32).fingerprint is None
