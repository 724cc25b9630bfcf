"""What one group commit of the embedded journal writes, decided in memory; no I/O."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import NamedTuple

from events.catalogue.envelope import MOST_BYTES, placed
from events.journal.port import EntryTooLarge, KeyReused, Once, Proposed, Receipt
from events.proof.chain import leaf

Versions = dict[tuple[str, str], int]
Keys = dict[tuple[str, str, str], "Used"]


class Append(NamedTuple):
    """One call of the port."""

    ledger: str
    entries: Sequence[Proposed]
    expected: Mapping[str, int]
    once: Once | None


class Used(NamedTuple):
    """A key with the entries written then: a row of `once`, in column order."""

    ledger: int
    scope: str
    key: str
    fingerprint: bytes | None
    first: int
    size: int

    def belongs_to(self, once: Once) -> bool:
        """Tell whether it was the same request; without a fingerprint the first one stands."""
        return once.fingerprint in (None, self.fingerprint)


class Moved(NamedTuple):
    """The streams that stand elsewhere than expected, with the versions expected."""

    streams: Mapping[str, int]


@dataclass(slots=True)
class Tip:
    """The end of a ledger, as the writer knows it; `number` is its name in the database."""

    number: int
    sequence: int = 0
    hash: str = ""
    recorded: str = ""


@dataclass(slots=True)
class Group:
    """Appends decided one after the other, each seeing those before it.

    `tips` is where the ledgers stood, `moved` where those stand that the group writes to; `versions`
    and `keys` must hold whatever the store has of the streams expected and the keys given. The
    rows are in column order.
    """

    tips: Mapping[str, Tip]
    versions: Versions
    keys: Keys
    now: str
    moved: dict[str, Tip] = field(default_factory=dict)
    ledger_rows: list[tuple[int, str]] = field(default_factory=list)
    entry_rows: list[tuple[int, str, bytes]] = field(default_factory=list)
    key_rows: list[Used] = field(default_factory=list)

    def decide(self, append: Append) -> Receipt | KeyReused | Used | Moved | ValueError:
        """Write the append into the rows, or say why not; a refusal leaves nothing."""
        ledger, _, expected, once = append
        if once and (used := self.keys.get((ledger, once.scope, once.key))):
            return used if used.belongs_to(once) else KeyReused()
        for subject, version in expected.items():
            if self.versions.get((ledger, subject), 0) != version:
                return self._moved(ledger, expected)
        return self._write(append, self.moved.get(ledger) or self._tip(ledger))

    def _tip(self, ledger: str) -> Tip:
        if (tip := self.tips.get(ledger)) is not None:
            return replace(tip)
        stand = chain(self.tips.values(), self.moved.values())
        return Tip(1 + max((other.number for other in stand), default=0))

    def _moved(self, ledger: str, expected: Mapping[str, int]) -> Moved:
        known = self.versions
        return Moved({s: v for s, v in expected.items() if known.get((ledger, s), 0) != v})

    def _write(self, append: Append, tip: Tip) -> Receipt | ValueError:
        ledger, entries, _, _ = append
        first, link, recorded = tip.sequence + 1, tip.hash, max(self.now, tip.recorded)
        rows, versions = [], {}
        for sequence, entry in enumerate(entries, first):
            raw = placed(
                ledger=ledger, sequence=sequence, recordedtime=recorded, prevhash=link, decided=entry.decided
            )
            if len(raw) > MOST_BYTES:
                return EntryTooLarge(f"an entry has {len(raw)} bytes; {MOST_BYTES} are allowed")
            link = leaf(raw).hex()
            rows.append((tip.number << 32 | sequence, entry.subject, raw))
            versions[entry.subject] = sequence
        self._keep(append, tip, rows)
        tip.sequence, tip.hash, tip.recorded = sequence, link, recorded
        for subject, version in versions.items():
            self.versions[ledger, subject] = version
        return Receipt(ledger, first, sequence, link, recorded, versions)

    def _keep(self, append: Append, tip: Tip, rows: Sequence[tuple[int, str, bytes]]) -> None:
        ledger, _, _, once = append
        if tip.sequence == 0:
            self.ledger_rows.append((tip.number, ledger))
        self.moved[ledger] = tip
        self.entry_rows += rows
        if once:
            used = Used(tip.number, once.scope, once.key, once.fingerprint, tip.sequence + 1, len(rows))
            self.keys[ledger, once.scope, once.key] = used
            self.key_rows.append(used)
