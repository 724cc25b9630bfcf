"""What may be asked of the services: their operations, as their own documents tell them."""

import json
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode

from gateway.clients.port import Answer
from services.chassis import problems
from services.chassis.problems import Problem
from services.chassis.web.routing import named

Paths = Mapping[str, Mapping[str, Any]]
Documents = Mapping[str, Mapping[str, Any]]
TILE = "(?P<tile>.+)"
"""A tile's number has several parts, `x001/234.p/112`."""
CONGRESS = r"(?P<congress>[0-9]{6}(?:[0-9]{3})?)"
ARRIVING = frozenset({problems.BEHIND.code, problems.REFERENCES_BEHIND.code})
PATIENCE = 4
"""How often a page asks for what is still arriving; the service waits two seconds each time."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a service: its id, method and path template (`/{congress}/…`)."""

    id: str
    service: str
    method: str
    template: str
    document: Mapping[str, Any]

    def path(self, congress: str, thing: str | None, query: Mapping[str, str]) -> str:
        """Give the path of a request, query included."""
        path = self.template.replace("{congress}", congress)
        path = re.sub(r"\{\w+\}", lambda _: quote(thing or "", safe=""), path)
        return f"{path}?{urlencode(query)}" if query else path


class Operations:
    """Every operation of the house by id, and by the method and path that ask for it."""

    def __init__(
        self, paths: Mapping[str, Paths], offered: Callable[[str], object], documents: Callable[[], Documents]
    ) -> None:
        """Take the paths of each service, what is offered of them, and who gives whole documents.

        Only what is offered is found by its path.
        """
        self._documents = documents
        self.by_id = {
            each["operationId"]: Operation(each["operationId"], service, method.upper(), path, each)
            for service, all_paths in paths.items()
            for path, methods in all_paths.items()
            for method, each in methods.items()
        }
        here = [each for each in self.by_id.values() if offered(each.id)]
        self._named = defaultdict[str, list[tuple[re.Pattern[str], Operation]]](list)
        for each in here:
            self._named[named(each.template)].append((self._pattern(each.template), each))

    @cached_property
    def documents(self) -> Documents:
        """The OpenAPI document of each service, made when first asked for."""
        return self._documents()

    @staticmethod
    def _pattern(template: str) -> re.Pattern[str]:
        escaped = re.escape(template).replace(r"\{congress\}", CONGRESS)
        return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", escaped.replace(r"\{tile\}", TILE)))

    def find(self, method: str, path: str) -> tuple[Operation, str] | Problem:
        """Give the operation and the congress that a request is for, or 404 or 405.

        Literal paths win over those with an id, as they do in the service.
        """
        here = self._named.get(named(path), ())
        matches = [(each, found) for pattern, each in here if (found := pattern.fullmatch(path))]
        if not matches:
            return problems.ABSENT
        matches.sort(key=lambda match: match[0].template.count("{"))
        for operation, found in matches:
            if operation.method == method:
                return operation, found["congress"]
        return replace(problems.NOT_ALLOWED, allow=", ".join(sorted({each.method for each, _ in matches})))


def passed_on(answer: Answer) -> Problem:
    """Give a service's no as it said it."""
    said = json.loads(answer.body)
    retry = answer.header("retry-after")
    return Problem(
        answer.status, said["code"], said["title"], said["detail"], said.get("basis"),
        int(retry) if retry else None, tuple(said.get("errors", ())),
    )  # fmt: skip


def heard(answer: Answer) -> dict[str, Any] | None:
    """Give the document of an answer, or nothing where the service says no.

    Raises:
        Problem: when the service could not say: that is no answer that may be kept.

    """
    if answer.status >= 500:  # noqa: PLR2004 - where faults begin
        raise passed_on(answer)
    document: dict[str, Any] = json.loads(answer.body)
    return document if answer.status < 400 else None  # noqa: PLR2004 - where noes begin


async def patiently(ask: Callable[[], Awaitable[Answer]]) -> Answer:
    """Ask; what has not arrived yet is asked for again, since a person would only press reload.

    Raises:
        Problem: the service's last no.

    """
    asked = 1
    while (answer := await ask()).status >= 400:  # noqa: PLR2004 - where noes begin
        no = passed_on(answer)
        if asked == PATIENCE or no.code not in ARRIVING:
            raise no
        asked += 1
    return answer
