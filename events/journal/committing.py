"""How a group of appends becomes commits in MongoDB, while others write the same ledgers.

The number after the last visible one is taken by inserting there: a unique index lets one win.
What did not go through, or whose fate is unknown, is looked up by the id of its commit and by its
key, and decided again on what is visible then; its id stays, so it is never written twice.
"""

import datetime as dt
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice
from operator import attrgetter

from events.catalogue.envelope import instant
from events.drivers.motor import Collection
from events.drivers.terms import Document, DuplicateKey, NotReady, Unreachable
from events.journal import documents
from events.journal.group import Append, Group, Moved, Tip, Used, Versions
from events.journal.outbox import MongoOutbox
from events.journal.port import Conflict, Head, JournalAway, JournalBroken, KeyReused, Receipt
from events.journal.reading import HEADLINES, looked_up, marking, stream

Answer = Receipt | Conflict | KeyReused
Place = tuple[str, str, str]
PATIENCE = 10.0
MOST_NEW = 10_000


@dataclass(slots=True)
class Work:
    """An append on its way, under the id that its commit will have."""

    append: Append
    commit: str
    answer: Answer | Exception | None = None


class Committing:
    """One group after the other; `grown` are the heads of what the last one wrote."""

    def __init__(self, commits: Collection, outbox: MongoOutbox, now: Callable[[], dt.datetime]) -> None:
        self._commits, self._outbox, self._now = commits, outbox, now
        self._tips: dict[str, Tip] = {}
        # Ids that count on lie together in their index, unlike random ones.
        self._name, self._numbers = secrets.token_hex(16), count()
        self.grown: Mapping[str, Head] = {}

    async def write(self, appends: Sequence[Append]) -> Sequence[Answer | Exception]:
        """Write a group, give its answers in order; JournalAway when the server is out of reach."""
        works = [Work(append, f"{self._name}{next(self._numbers):012x}") for append in appends]
        end, again = time.monotonic() + PATIENCE, False
        try:
            while left := [work for work in works if work.answer is None]:
                if time.monotonic() > end:
                    raise Unreachable("others were faster again and again")  # noqa: TRY301 - ends like it
                await self._round(left, again=again)
                again = True
        except Unreachable as error:
            for work in works:
                work.answer = work.answer or JournalAway(str(error))
        receipts = [work.answer for work in works if isinstance(work.answer, Receipt)]
        receipts.sort(key=attrgetter("last"))
        self.grown = {each.ledger: Head(each.last, each.hash) for each in receipts if not each.repeated}
        return [work.answer for work in works if work.answer is not None]

    async def _round(self, works: Sequence[Work], *, again: bool) -> None:
        await self._load(works)
        versions = await self._versions(works)
        known: dict[Place, Document] = {}
        if again:
            # A mark is looked for before keys: what was written before it is found then. What came
            # last is read last: between it and the insert others have least time.
            marks = await marking(self._commits, {work.append.ledger for work in works})
            asked = {work.commit: work.append for work in works}
            met = [*await looked_up(self._commits, asked), *await self._catch_up(works, versions)]
            known = _settle(works, met, marks)
        works = [work for work in works if work.answer is None]
        keys = {place: documents.used(found) for place, found in known.items()}
        group = Group(self._tips, versions, keys, instant(self._now()))
        verdicts = [group.decide(work.append) for work in works]
        entries = [row[-1] for row in group.entry_rows]
        missing = await self._insert(works, verdicts, entries) if entries else set()
        for work, verdict in zip(works, verdicts, strict=True):
            if isinstance(verdict, Receipt):
                if work.commit not in missing:
                    work.answer = verdict
                    self._tips[verdict.ledger] = Tip(0, verdict.last, verdict.hash, verdict.recorded)
            elif isinstance(verdict, Exception):
                work.answer = verdict
            elif again and not missing:
                work.answer = await self._told(work.append, verdict, known)

    async def _insert(
        self, works: Sequence[Work], verdicts: Sequence[object], entries: Sequence[bytes]
    ) -> set[str]:
        """Insert what was decided; give the ids of commits that are not known to stand now."""
        rest = iter(entries)
        written = [
            documents.document(work.commit, work.append, list(islice(rest, len(work.append.entries))), to)
            for work, to in zip(works, verdicts, strict=True)
            if isinstance(to, Receipt)
        ]
        stands = len(written)
        try:
            await self._commits.insert_many(written)
        except DuplicateKey as taken:
            stands = taken.positions[0]
        except NotReady:
            raise
        except Unreachable:
            stands = 0  # or some, or all: the next round finds out
        return {each["_id"] for each in written[stands:]}

    async def _told(
        self, append: Append, verdict: KeyReused | Used | Moved, known: Mapping[Place, Document]
    ) -> Answer | None:
        """Answer what is read from the commits; None when it stands since this round only."""
        if isinstance(verdict, Used):
            found = known.get((append.ledger, verdict.scope, verdict.key))
            return documents.receipt(found, repeated=True) if found else None
        if isinstance(verdict, Moved):
            streams = verdict.streams.items()
            return Conflict({s: await stream(self._commits, append.ledger, s, v) for s, v in streams})
        return verdict

    def _known(self, works: Sequence[Work]) -> set[str]:
        return self._tips.keys() & {work.append.ledger for work in works}

    async def _load(self, works: Sequence[Work]) -> None:
        """Find where the ledgers end that are not known; works on one that does not hold are answered."""
        for ledger in {work.append.ledger for work in works} - self._tips.keys():
            await self._outbox.register(ledger)
            placed = {"ledger": ledger, "first": {"$gt": 0}}
            newest = await self._commits.find(placed, sort=[("first", -1)], limit=2)
            if newest and newest[0]["scope"] == documents.MARK:
                continue  # the first place is taken, so the next round looks and tells
            try:
                if tip := documents.tip(ledger, newest):
                    self._tips[ledger] = tip
            except JournalBroken as broken:
                for work in works:
                    work.answer = broken if work.append.ledger == ledger else work.answer

    async def _versions(self, works: Sequence[Work]) -> Versions:
        """Find the versions of the streams expected, after the ends: what was there then is seen."""
        wanted: dict[str, set[str]] = {}
        for append in (work.append for work in works if work.append.ledger in self._tips):
            wanted.setdefault(append.ledger, set()).update(append.expected)
        found = Versions()
        for ledger, subjects in wanted.items():
            more = True
            while subjects and more:
                limit = 2 * len(subjects)  # a long stream is left out of the next question
                where = {"ledger": ledger, "subjects": {"$in": [*subjects]}}
                newest = await self._commits.find(where, fields=HEADLINES, sort=[("last", -1)], limit=limit)
                for commit in newest:
                    for sequence, subject in documents.backwards(commit):
                        if subject in subjects:
                            found[ledger, subject] = sequence
                            subjects.remove(subject)
                more = len(newest) == limit
        return found

    async def _catch_up(self, works: Sequence[Work], versions: Versions) -> Sequence[Document]:
        """Find what was committed since the ends that are known; move ends and versions on."""
        met: list[Document] = []
        for ledger in self._known(works):
            above = {"ledger": ledger, "first": {"$gt": self._tips[ledger].sequence}}
            found = await self._commits.find(above, fields=HEADLINES, sort=[("first", 1)], limit=MOST_NEW)
            for commit in found:
                if commit["scope"] == documents.MARK:
                    break
                self._tips[ledger] = Tip(0, commit["last"], commit["hash"], commit["recorded"])
                for subject, version in documents.receipt(commit).versions.items():
                    versions[ledger, subject] = max(version, versions.get((ledger, subject), 0))
            met += found
        return met


def _settle(
    works: Sequence[Work], met: Sequence[Document], marks: Mapping[str, Document]
) -> dict[Place, Document]:
    """Answer the works whose commit was met or whose ledger is marked; give what was met by its key."""
    mine = {commit["_id"]: commit for commit in met}
    known = {(commit["ledger"], commit["scope"], commit["key"]): commit for commit in met}
    for work in works:
        ledger, once = work.append.ledger, work.append.once
        if work.commit in mine:
            work.answer = documents.receipt(mine[work.commit])
        elif ledger in marks:
            found = known.get((ledger, once.scope, once.key)) if once else None
            work.answer = documents.closed(marks[ledger], once, found)
    return known
