"""Routes as values: what `api.py` of a service is a table of."""

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from services.chassis.shapes import Command, Decider, Document, Ids, Reader, View
from services.chassis.workdays import Days

if TYPE_CHECKING:
    from services.chassis.web.desk import Desk


@dataclass(frozen=True, slots=True)
class Act:
    """`POST path`: an HTTP request becomes a command.

    The path's one parameter names the stream (`suggestion/{id}`); without one a new thing
    is made, under an id from the supply. `stream` gives a natural key instead, from command,
    supply and path parameters; `creates` says whether the thing may then be new.
    `seek` looks the stream up instead where the path names it in another way: from the path
    parameters, in a view that has seen the positions given.
    `decision` demands If-Match; `code` answers with a receipt code for the citizen, and names the
    operation that reads under it.
    """

    path: str
    command: type[Command]
    decider: Decider
    operation: str
    summary: str
    stream: Callable[[Any, Ids, Mapping[str, str]], str] | None = None
    creates: bool = False
    decision: bool = False
    code: str = ""
    seek: Callable[["Desk", Mapping[str, str], Sequence[str]], Awaitable[str]] | None = None


Adds = Callable[[Document, dt.date, Days], Document]
"""Adds to a document what follows from today's date by the calendars, and is never folded."""


@dataclass(frozen=True, slots=True)
class Look:
    """`GET path`: one document of a view: `kind/{id}`, or without `{id}` the congress's own.

    `adds` computes on reading what depends on today.
    """

    path: str
    view: View
    kind: str
    operation: str
    summary: str
    adds: Adds | None = None


@dataclass(frozen=True, slots=True)
class Today:
    """A filter of a list that depends on today's date, and so is never folded.

    `where` turns a value of the filter into query fields (`below`, `at_least`, `equal`).
    """

    name: str
    values: tuple[str, ...]
    where: Callable[[str, dt.date], Mapping[str, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Browse:
    """`GET path`: documents of a view, filtered and sorted, page by page.

    `scope` narrows the list to what the reader may list (a list of values: one of them;
    None: nothing at all), so that no page has holes. Items carry the fields of `brief`.
    `orders` are the fields one may sort by, the first by default, `-field` descending.
    `path/tally` counts the matching documents by one of the filters. `adds` as in `Look`.
    """

    path: str
    view: View
    operation: str
    summary: str
    scope: Callable[[Reader], Mapping[str, Any] | None]
    brief: tuple[str, ...]
    equal: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    today: Today | None = None
    adds: Adds | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """`GET path`: an answer computed on reading from what stands on the shelf."""

    path: str
    handler: Callable[["Desk", Reader, Mapping[str, str]], Awaitable[dict[str, Any]]]
    shape: type
    operation: str
    summary: str
    query: Mapping[str, str] = field(default_factory=dict)


Route = Act | Look | Browse | Answer
