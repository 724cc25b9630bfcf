"""Questions to the commits of the distributed journal."""

from collections.abc import Collection as Names
from collections.abc import Mapping

from events.drivers.motor import Collection
from events.drivers.terms import Document
from events.journal import documents
from events.journal.group import Append
from events.journal.port import Stored

ENTRIES = {"subjects": 1, "first": 1, "last": 1, "entries": 1}
HEADLINES = {"entries": 0}


async def marking(commits: Collection, ledgers: Names[str]) -> dict[str, Document]:
    """Find what marks these ledgers; of the two marks on one that arrives the first counts."""
    where = {"ledger": {"$in": [*ledgers]}, "scope": documents.MARK}
    return {each["ledger"]: each for each in await commits.find(where, sort=[("first", -1)])}


async def looked_up(commits: Collection, asked: Mapping[str, Append]) -> list[Document]:
    """Find commits by their ids, or by the keys of the appends."""
    keys = [
        {"ledger": append.ledger, "scope": append.once.scope, "key": append.once.key}
        for append in asked.values()
        if append.once
    ]
    return await commits.find({"$or": [{"_id": {"$in": [*asked]}}, *keys]}, fields=HEADLINES)


async def stream(commits: Collection, ledger: str, subject: str, after: int) -> list[bytes]:
    """Read the entries of one stream of a ledger with a sequence above `after`."""
    where = {"ledger": ledger, "subjects": subject, "last": {"$gt": after}}
    found = await commits.find(where, fields=ENTRIES, sort=[("last", 1)])
    return documents.streamed(found, subject, after)


async def span(commits: Collection, ledger: str, after: int, limit: int) -> list[bytes]:
    """Read at most `limit` commits of a ledger from the entry after `after` on; give their entries."""
    above = {"ledger": ledger, "first": {"$gt": after}}
    found = await commits.find(above, fields=ENTRIES, sort=[("first", 1)], limit=limit)
    if after and (not found or found[0]["first"] > after + 1):  # a commit may begin before and end after
        within = {"ledger": ledger, "first": {"$lte": after}}
        last = await commits.find(within, fields=ENTRIES, sort=[("first", -1)], limit=1)
        found = [*last, *found]
    return documents.joined(found, after)


async def stored(commits: Collection, ledger: str, after: int, limit: int) -> list[Stored]:
    """Read at most `limit` commits above entry `after`: (sequence, subject, entry) as they lie.

    Beside the last entry of a commit stands the hash that the commit is kept with.
    """
    where = {"ledger": ledger, "first": {"$gt": after}, "scope": {"$ne": documents.MARK}}
    found = await commits.find(where, sort=[("first", 1)], limit=limit)
    return [
        (commit["first"] + n, subject, raw, commit["hash"] if commit["first"] + n == commit["last"] else None)
        for commit in found
        for n, (subject, raw) in enumerate(zip(commit["subjects"], commit["entries"], strict=True))
    ]
