"""What others' events ask of this service: each reaction once for each causing entry.

Exactly-once comes from the key alone: (reaction, causing entry, target). Whatever is
redelivered, restarted or replayed meets its own key in the ledger and changes nothing. What
lives in another house is reacted to there.
"""

from collections.abc import Sequence
from dataclasses import replace

from events.catalogue.envelope import Entry
from events.catalogue.event import Event
from events.journal.moving import LedgerClosed
from events.journal.port import Once
from services.chassis import metrics
from services.chassis.asking import Ask
from services.chassis.handling import Handling
from services.chassis.marks import Marks
from services.chassis.shapes import Command, Decider, Ids, Reaction, Refusal, Send, nothing
from services.chassis.shelf.port import Shelf, Table
from services.chassis.taking import Taker, wires


class Reacting(Taker):
    """Runs one reaction; its marks stand on the shelf, and losing them costs only time."""

    def __init__(self, reaction: Reaction, handling: Handling, shelf: Shelf, marks: Marks) -> None:
        """Take the reaction and where it stands."""
        self.reaction, self.marks, self._handling, self._shelf = reaction, marks, handling, shelf
        self.wires = wires(reaction.on)
        self._types = {each.wire for each in reaction.on}

    @staticmethod
    def place(reaction: Reaction) -> Table:
        """Name the table that keeps a reaction's marks."""
        return Table(f"reaction-{reaction.name}", 1, 1)

    async def take(self, ledger: str, entries: Sequence[Entry]) -> None:
        """React to consecutive entries of one ledger, then move its mark."""
        service, congress = ledger.split("/")
        for entry in entries:
            if entry.sequence > self.marks[ledger] and entry.type in self._types:
                await self._react(entry)
        last = entries[-1].sequence
        if last > self.marks[ledger]:
            await self._shelf.put(congress, self.place(self.reaction), service, {}, last)
            await self.marks.move(ledger, last)

    async def _react(self, entry: Entry) -> None:
        referring = self._handling.referring
        await referring.reached([entry.id, *entry.standson])
        known = await referring.known(entry.congress, self.reaction.needs(entry))
        for send in self.reaction.react(entry, known.documents):
            try:
                await self._send(entry, send)
            except LedgerClosed as closed:
                if closed.why == "arriving":  # its own entries are still coming, and with them our keys
                    raise
                metrics.REACTIONS.labels(self.reaction.name, "Elsewhere").inc()

    async def _send(self, entry: Entry, send: Send) -> None:
        target = send.stream or send.decider.kind
        ask = Ask(
            entry.congress, f"reaction/{self.reaction.name}", None,
            Once(f"reaction/{self.reaction.name}", f"{entry.id} {target}"),
            entry.correlationid, entry.id, entry.traceparent, creates=True,
        )  # fmt: skip

        def where(_command: Command, ids: Ids) -> str:
            return send.stream or f"{send.decider.kind}/{ids.new()}"

        outcome = await self._handling.handle(send.decider, send.command, where, ask)
        if isinstance(outcome, Refusal) and self.reaction.declined is not None:
            event = self.reaction.declined(send.command, outcome)
            outcome = await self._handling.handle(_saying(event, send.decider), send.command, where, ask)
        metrics.REACTIONS.labels(self.reaction.name, type(outcome).__name__).inc()


def _saying(event: Event, decider: Decider) -> Decider:
    """Give a decider that answers every command with the event that stands for a no."""
    return replace(decider, decide=lambda *_: [event], needs=nothing, beside=nothing)
