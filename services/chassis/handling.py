"""Load, decide, append — and decide again when somebody was faster.

The only place where commands meet the world: words are sealed, circumstances put
together, decided parts serialized once, and everything is durable when it returns.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from events.journal.port import Conflict, Journal, KeyReused, Proposed, Receipt
from events.vault.port import KeyTaken, OwnerErased, Vault
from services.chassis import metrics, problems
from services.chassis.asking import Ask, Attempt, Done, Target, keyed, proposed, supply
from services.chassis.clock import Clock
from services.chassis.problems import Problem
from services.chassis.referring import Referring
from services.chassis.shapes import (
    Acting,
    Circumstances,
    Command,
    Decider,
    Decision,
    Ids,
    On,
    Refusal,
)
from services.chassis.states import States
from services.chassis.words import MEDIA_TYPE, spoken_fields, with_references

TRIES = 20


class Handling:
    """The command side of one service."""

    def __init__(
        self, service: str, journal: Journal, vault: Vault, referring: Referring, clock: Clock
    ) -> None:
        """Stand on the ports; nothing is opened here."""
        self.service, self._journal, self._vault = service, journal, vault
        self.referring, self._clock = referring, clock
        self.states = States(service, journal, referring.shelf)
        self._seconds = metrics.APPEND.labels(service)

    async def handle(self, decider: Decider, command: Command, target: Target, ask: Ask) -> Done | Refusal:
        """Do what the command asks, once for its key.

        Raises:
            Problem: when the key was reused, the ETag is stale, references are behind.
            JournalFull: when too many commands wait.

        """
        ledger, secret = f"{self.service}/{ask.congress}", await self._vault.secret(ask.congress)
        ask = ask._replace(once=keyed(ask.once, secret))
        again = partial(self._repeated, ledger, command, target, ask, secret)
        try:
            await self.referring.reached(ask.at_least)
            outcome = await self._done_now(decider, command, target, ask, secret)
        except Problem:  # perhaps because of what the same request, sent before, did
            if (done := await again()) is None:
                raise
            return done
        written = isinstance(outcome, Done) and outcome.receipt is not None
        return outcome if written else (await again() or outcome)

    async def _done_now(
        self, decider: Decider, command: Command, target: Target, ask: Ask, secret: bytes
    ) -> Done | Refusal:
        ledger = f"{self.service}/{ask.congress}"
        for _ in range(TRIES):
            attempt = await self._attempt(decider, command, target, ask, secret)
            decision = await self._decide(decider, attempt, ask, ledger)
            if isinstance(decision, Refusal):
                return decision
            if not decision:
                return await self._nothing(attempt, ledger)
            events = [each if isinstance(each, On) else On(attempt.stream, each) for each in decision]
            entries = [proposed(each, attempt, ask) for each in events]
            if attempt.sealed and (done := await self._repeated(ledger, command, target, ask, secret)):
                return done  # before its words are kept a second time
            outcome = await self._write(ledger, entries, attempt, ask)
            if isinstance(outcome, Conflict):
                continue
            if isinstance(outcome, KeyReused):
                raise problems.KEY_REUSED
            self._remember(decider, events, attempt, outcome)
            return self._done(outcome, attempt.stream, attempt.ids)
        raise problems.FULL

    async def _attempt(
        self, decider: Decider, command: Command, target: Target, ask: Ask, secret: bytes
    ) -> Attempt:
        ids = supply(ask.once, secret)
        stream = target(command, ids)
        texts = spoken_fields(command)
        if not texts:
            return Attempt(stream, ids, command, {}, self._clock.now())
        pairs = [(text.encode(), MEDIA_TYPE) for text in texts.values()]
        try:
            sealed = await self._vault.seal(ask.congress, decider.owner(command, stream), pairs)
        except OwnerErased as error:
            raise problems.ERASED from error
        by_field = dict(zip(texts, sealed, strict=True))
        references = {name: each.reference for name, each in by_field.items()}
        return Attempt(stream, ids, with_references(command, references), by_field, self._clock.now())  # type: ignore[arg-type]

    async def _decide(self, decider: Decider, attempt: Attempt, ask: Ask, ledger: str) -> Decision:
        command, stream = attempt.command, attempt.stream
        state = await self._load(decider, ledger, stream, attempt)
        version = attempt.versions[stream]
        if ask.if_match is not None and ask.if_match != version:
            raise problems.STALE
        if version == 0 and not ask.creates:
            raise problems.ABSENT
        acting = Acting(ask.congress, ask.holds)
        attempt.known = await self.referring.known(ask.congress, decider.needs(command, state, acting))
        beside = {
            each: await self._load(decider, ledger, each, attempt)
            for each in decider.beside(command, state, acting)
        }
        known = attempt.known
        circumstances = Circumstances(
            ask.congress, stream, attempt.now, ask.actor, ask.holds, attempt.ids,
            known.rulebooks, known.calendars, known.documents, beside,
        )  # fmt: skip
        if circumstances.ruled:
            attempt.rulebook = circumstances.rulebook().reference
        return decider.decide(command, state, circumstances)

    async def _load(self, decider: Decider, ledger: str, stream: str, attempt: Attempt) -> Any:  # noqa: ANN401
        state, version = await self.states.load(decider, ledger, stream)
        attempt.versions[stream] = version
        return state

    def _remember(self, decider: Decider, events: Sequence[On], attempt: Attempt, receipt: Receipt) -> None:
        """Fold what was written into the states that it was decided upon."""
        for stream, version in () if receipt.repeated else attempt.versions.items():
            mine = [(n, each.event) for n, each in enumerate(events, receipt.first) if each.stream == stream]
            self.states.remember(decider, receipt.ledger, stream, version, mine)

    async def _write(
        self, ledger: str, entries: Sequence[Proposed], attempt: Attempt, ask: Ask
    ) -> Receipt | Conflict | KeyReused:
        try:
            await self._keep(entries, attempt)
        except KeyTaken:  # to be sealed and decided again
            return Conflict({})
        with self._seconds.time():
            return await self._journal.append(ledger, entries, attempt.versions, ask.once)

    async def _keep(self, entries: Sequence[Proposed], attempt: Attempt) -> None:
        """Make durable the words that the events name; what was refused leaves nothing."""
        if not attempt.sealed:
            return
        told = b"".join(each.decided for each in entries)
        named = [each for each in attempt.sealed.values() if each.reference.record.encode() in told]
        try:
            await self._vault.keep(named)
        except OwnerErased as error:
            raise problems.ERASED from error

    async def _nothing(self, attempt: Attempt, ledger: str) -> Done:
        heads = await self._journal.heads(ledger)
        last = heads[ledger].sequence if ledger in heads else 0
        return Done(attempt.stream, None, attempt.versions[attempt.stream], f"{ledger}/{last}")

    async def _repeated(
        self, ledger: str, command: Command, target: Target, ask: Ask, secret: bytes
    ) -> Done | None:
        first = await self._journal.recall(ledger, ask.once)
        if isinstance(first, KeyReused):
            raise problems.KEY_REUSED
        ids = supply(ask.once, secret)
        return self._done(first, target(command, ids), ids) if first else None

    def _done(self, receipt: Receipt, stream: str, ids: Ids) -> Done:
        version = receipt.versions.get(stream, receipt.last)
        return Done(stream, receipt, version, receipt.position, ids)
