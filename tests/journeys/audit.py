"""What a house promised, looked up in its files, beside it and without its help."""

import base64
import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from events.catalogue import liaison, suggestions
from events.catalogue.envelope import Entry
from events.drivers import apsw
from events.journal import rows
from events.proof.chain import Fault, leaf, walk
from events.vault import cipher, statements
from events.vault.port import Opened
from services.chassis.words import told

Promise = Mapping[str, Any]


def promises(log: Path) -> list[Promise]:
    """Give every answer of which the sender kept a line; a last line may be cut."""
    lines = log.read_bytes().split(b"\n")[:-1] if log.exists() else []
    return [each for each in map(json.loads, lines) if "status" in each]


def lost(log: Path) -> int:
    """Count the requests that were sent and never answered."""
    return log.read_bytes().count(b'{"lost"')


def _texts(promise: Promise) -> set[str]:
    return {each for each in promise["body"].values() if isinstance(each, str) and each.startswith("示例")}


@dataclass(slots=True)
class Audit:
    """The ledgers of a data folder at one moment, and everything that is wrong with them."""

    data: Path
    ledgers: dict[str, list[bytes]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    opened: int = 0
    sent: set[str] = field(default_factory=set)
    """All words sent: a later step of a case names those of an earlier one."""

    @classmethod
    def of(cls, data: Path, kept: Sequence[Promise], *, settled: bool) -> "Audit":
        """Read all ledgers and look at every promise; `settled` says that no reaction is due."""
        audit = cls(data)
        connection = apsw.connect(data / "journal.db", read_only=True)
        with connection:
            for number, name in list(connection.execute("SELECT number, name FROM ledger")):
                audit.ledgers[name] = [raw for _, raw in rows.span(connection, number, 0, rows.SEQUENCES)]
        connection.close()
        audit.chains()
        audit.receipts(kept)
        audit.reactions(settled=settled)
        audit.words(kept)
        return audit

    def entries(self, service: str) -> Iterator[Entry]:
        """Give the entries of a service in all congresses."""
        for name, raws in self.ledgers.items():
            if name.startswith(f"{service}/"):
                yield from map(Entry, raws)

    def chains(self) -> None:
        """Each entry names the hash of the one before."""
        for name, raws in self.ledgers.items():
            if isinstance(found := walk(name, raws), Fault):
                self.faults.append(f"{name}: {found}")

    def receipts(self, kept: Sequence[Promise]) -> None:
        """At the sequence of a receipt stands the entry of its hash, written once and no more."""
        written = Counter(
            (name, each.correlationid) for name, raws in self.ledgers.items()
            for each in map(Entry, raws) if each.causationid is None
        )  # fmt: skip
        for promise in kept:
            receipt = promise["answer"]["receipt"]
            raws = self.ledgers[receipt["ledger"]]
            if len(raws) < receipt["last"] or leaf(raws[receipt["last"] - 1]).hex() != receipt["hash"]:
                self.faults.append(f"lost: {promise}")
            size = receipt["last"] - receipt["first"] + 1
            if written[receipt["ledger"], promise["key"]] != size:
                self.faults.append(f"doubled: {promise}")

    def reactions(self, *, settled: bool) -> None:
        """Each opinion taken up has one draft, or one entry that says why there is none."""
        answers = {suggestions.SuggestionDrafted.wire, suggestions.DraftDeclined.wire}
        made = Counter(
            each.data["opinion"] for each in self.entries("suggestions")
            if each.type in answers and each.data.get("opinion")
        )  # fmt: skip
        up = [each.subject for each in self.entries("liaison") if each.type == liaison.OpinionEscalated.wire]
        wrong = [each for each in up if made[each] > 1 or (settled and made[each] != 1)]
        self.faults += [f"{each} has {made[each]} drafts" for each in wrong]
        if not made.keys() <= set(up):
            self.faults.append("there is a draft of what nobody took up")

    def words(self, kept: Sequence[Promise]) -> None:
        """Every record that a promised entry names opens, to the words sent, as committed to."""
        asked = {each["key"]: each for each in kept}
        self.sent = {text for each in kept for text in _texts(each)}
        for name, raws in self.ledgers.items():
            mine = {each.correlationid: each for each in map(Entry, raws) if each.correlationid in asked}
            own = [(asked[key], each) for key, each in mine.items() if not each.causationid]
            named = [(promise, one) for promise, each in own for one in told(each.data)]
            self.opened += len(named)
            opened = self._opened(name.partition("/")[2], [one["record"] for _, one in named])
            for promise, one in named:
                self._word(promise, one, opened.get(one["record"]))

    def _word(self, promise: Promise, one: Mapping[str, str], found: tuple[Opened, bytes] | None) -> None:
        if found is None:
            self.faults.append(f"no words: {promise}")
            return
        opened, ciphertext = found
        said = hmac.digest(opened.commitment_key(), opened.plaintext, "sha256").hex()
        if said != one["commitment"] or hashlib.sha256(ciphertext).hexdigest() != one["ciphertext"]:
            self.faults.append(f"other words: {promise}")
        if opened.plaintext.decode() not in (_texts(promise) or self.sent):
            self.faults.append(f"not the words sent: {promise}")

    def _opened(self, congress: str, records: Sequence[str]) -> dict[str, tuple[Opened, bytes]]:
        ring = cipher.Keyring(base64.b64decode((self.data / "master.key").read_text()))
        connection = apsw.connect(self.data / "keys.db", read_only=True)
        connection.execute("ATTACH ? AS vault", (str(self.data / "vault.db"),))
        found = list(connection.execute(statements.OPEN, (congress, json.dumps(list(records)))))
        connection.close()
        opened: dict[str, tuple[Opened, bytes]] = {}
        for record, media, text, owner, wrapped in found:
            key = ring.unwrapped(congress, owner, wrapped)
            opened[record] = cipher.opened(key, congress, record, media, text), text
        return opened
