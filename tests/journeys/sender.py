"""A process that sends commands to a house until each is answered, and keeps what it was promised.

`python -m tests.journeys.sender PLAN LOG`: reads what to send and to whom, and appends to LOG,
durably and before it goes on, a line for every answer. What is not answered is sent again with
the same key, for as long as it takes.
"""

import asyncio
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx2

AT_ONCE, PAUSE, SECONDS = 8, 0.05, 10.0
AGAIN = {429, 500, 502, 503, 504}


class Sender:
    """Sends journeys, some side by side; within one journey each command waits for the one before."""

    def __init__(self, plan: Mapping[str, Any], log: Path) -> None:
        self._tokens: Mapping[str, str] = plan["tokens"]
        self._base, self._operations = plan["base"], plan["operations"]
        self._journeys: list[Sequence[Mapping[str, Any]]] = list(reversed(plan["journeys"]))
        self._log = log.open("ab", buffering=0)

    async def run(self) -> None:
        """Send all."""
        limits = httpx2.Limits(max_connections=AT_ONCE)
        async with (
            httpx2.AsyncClient(base_url=self._base, timeout=SECONDS, limits=limits) as client,
            asyncio.TaskGroup() as group,
        ):
            for _ in range(AT_ONCE):
                group.create_task(self._work(client))

    async def _work(self, client: httpx2.AsyncClient) -> None:
        while self._journeys:
            thing, version = "", 0
            for step in self._journeys.pop():
                answer = await self._answered(client, step, thing, version)
                thing, version = answer["id"].partition("/")[2], answer["version"]

    async def _answered(
        self, client: httpx2.AsyncClient, step: Mapping[str, Any], thing: str, version: int
    ) -> Mapping[str, Any]:
        path = self._operations[step["do"]].replace("{id}", thing)
        headers = {
            "idempotency-key": step["key"],
            "x-request-id": step["key"],
            "if-match": f'"{version}"',
        }
        if not thing:
            del headers["if-match"]
        if step["who"]:
            headers["authorization"] = f"Bearer {self._tokens[step['who']]}"
        sent = {"path": path, "body": step["body"], "headers": headers}
        while True:
            status, answer = await self._once(client, sent)
            if status not in AGAIN:
                break
            await asyncio.sleep(PAUSE)
        self._keep({**step} | sent | {"status": status, "answer": answer})
        if status >= 300:
            raise SystemExit(f"{step} was refused: {answer}")
        return answer

    async def _once(
        self, client: httpx2.AsyncClient, sent: Mapping[str, Any]
    ) -> tuple[int, Mapping[str, Any]]:
        try:
            answer = await client.post(sent["path"], json=sent["body"], headers=sent["headers"])
            return answer.status_code, answer.json()
        except httpx2.ConnectError:
            return 503, {}
        except (httpx2.TransportError, ValueError):
            self._log.write(json.dumps({"lost": sent["path"]}).encode() + b"\n")
            return 503, {}

    def _keep(self, line: Mapping[str, Any]) -> None:
        """Write down what was promised; it must outlive everything."""
        self._log.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        os.fsync(self._log.fileno())


if __name__ == "__main__":
    asyncio.run(Sender(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2])).run())
