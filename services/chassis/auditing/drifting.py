"""Is a view its replay? Each document is folded again to its own mark, and must be equal there.

Nothing is stopped for it. A document that is live says by its mark how far it is folded; the
ledger's mark, read before the documents, says how far all of them are at least. So a document is
folded up to the further one of both, and what is written meanwhile is beyond it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import from_json, to_json

from events.catalogue.envelope import Entry
from services.chassis.auditing.reports import Drifted, Field, Finding, Kind
from services.chassis.shapes import View
from services.chassis.shelf.documents import canonical

MOST_FINDINGS, MOST_FIELDS, MOST_TEXT = 100, 20, 200
ABSENT = object()


@dataclass(frozen=True, slots=True)
class Live:
    """What readers see of one ledger in one view.

    `mark` was read before the documents, each of which has a mark of its own and canonical bytes
    (none: a tombstone). `skipped` are the entries passed over by decision.
    """

    generation: int
    mark: int
    documents: Mapping[str, tuple[int, bytes]] = field(default_factory=dict)
    skipped: frozenset[int] = frozenset()


class Refold:
    """One view of one ledger, folded again in memory beside what is live."""

    def __init__(self, view: View, ledger: str, live: Live) -> None:
        """Begin before the first entry."""
        self._view, self._ledger, self._live, self._steps = view, ledger, live, view.by_wire
        self._parts: dict[str, tuple[int, Any]] = {}
        self._failed: tuple[int, str] | None = None
        self.bound = max((mark for mark, _ in live.documents.values()), default=0)
        self.bound = max(self.bound, live.mark)
        """The last entry that any document stands on."""

    @property
    def wires(self) -> Iterable[str] | None:
        """Name the events that it needs to be given; None: all of them."""
        return None if self._view.etag else self._steps.keys()

    def take(self, number: int, entry: Entry) -> None:
        """Fold the next entry of the ledger."""
        if number > self.bound or self._failed or number in self._live.skipped:
            return
        step = self._steps.get(entry.type)
        if step is None and not self._view.etag:
            return
        try:
            for key in self._view.keys(entry):
                _, document = self._parts.get(key, (0, None))
                if number <= self._bound(key) and not (step is None and document is None):
                    folded = document if step is None else step({} if document is None else document, entry)
                    self._parts[key] = number, folded
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what the audit is to tell
            self.fail(number, type(error).__name__)

    def fail(self, number: int, error: str) -> None:
        """Note that the ledger cannot be folded from this entry on."""
        if number <= self.bound and not self._failed:
            self._failed = number, error

    def _bound(self, key: str) -> int:
        live = self._live.documents.get(key)
        return self._live.mark if live is None else max(live[0], self._live.mark)

    def report(self, head: int) -> Drifted:
        """Compare; `head` is where the ledger ended when all of it was folded."""
        findings = list(self._failure(head))
        findings += self._compared()
        return Drifted(
            view=self._view.name, version=self._view.version, generation=self._live.generation,
            ledger=self._ledger, mark=self._live.mark, documents=len(self._live.documents),
            differing=len(findings), findings=findings[:MOST_FINDINGS],
        )  # fmt: skip

    def _failure(self, head: int) -> Iterator[Finding]:
        if self._failed:
            number, error = self._failed
            yield _finding("", "unfoldable", self._live.mark, number, [_field("", None, error)])
        if self.bound > head:
            yield _finding("", "beyond", self.bound, head, [])

    def _compared(self) -> Iterator[Finding]:
        if self._failed:
            return
        live = self._live.documents
        for key in sorted(live.keys() | self._parts.keys()):
            mark, body = live.get(key, (None, b""))
            again, document = self._parts.get(key, (None, None))
            bytes_again = b"" if document is None else canonical(from_json(to_json(document)))
            if mark is None:
                yield _finding(key, "missing", mark, again, [])
            elif again is None:
                yield _finding(key, "surplus", mark, again, [])
            elif (mark, body) != (again, bytes_again):
                fields = differences(_read(body), _read(bytes_again))
                yield _finding(key, "differing", mark, again, list(fields))


def differences(live: Any, again: Any, path: str = "") -> Iterator[Field]:  # noqa: ANN401 - JSON
    """Give each place in which two documents differ, by its dotted path."""
    if isinstance(live, dict) and isinstance(again, dict):
        for name in sorted(live.keys() | again.keys()):
            yield from differences(live.get(name, ABSENT), again.get(name, ABSENT), _within(path, name))
    elif isinstance(live, list) and isinstance(again, list):
        for number in range(max(len(live), len(again))):
            one, other = (each[number] if number < len(each) else ABSENT for each in (live, again))
            yield from differences(one, other, _within(path, str(number)))
    elif type(live) is not type(again) or live != again:
        yield _field(path, _told(live), _told(again))


def _within(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _told(value: Any) -> str | None:  # noqa: ANN401 - JSON
    return None if value is ABSENT else to_json(value).decode()[:MOST_TEXT]


def _read(body: bytes) -> Any:  # noqa: ANN401 - JSON
    return from_json(body) if body else ABSENT


def _field(path: str, live: str | None, again: str | None) -> Field:
    return Field(path=path, live=live, replayed=again)


def _finding(key: str, kind: Kind, mark: int | None, again: int | None, fields: Iterable[Field]) -> Finding:
    return Finding(document=key, kind=kind, mark=mark, replayed=again, fields=list(fields)[:MOST_FIELDS])
