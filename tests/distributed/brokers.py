"""Real servers for tests: one Kafka and one MongoDB-protocol server per test process, started when asked for.

`KAFKA_BOOTSTRAP` and `MONGO_URL` name others to be used instead. Where a server cannot be started, with
`CI=true` the tests that want it fail; elsewhere they are skipped, and the end of the run says so.
"""

import os
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack

import pytest

from deploy.brokers import starting
from deploy.brokers.processes import Unstartable

SKIPPED = "no broker: "
"""So begins the reason of every test that was skipped for want of a server."""


async def entered(stack: AsyncExitStack, server: AbstractAsyncContextManager[str]) -> str:
    """Start a server for as long as the stack is open; give its address, or fail, or skip."""
    try:
        return await stack.enter_async_context(server)
    except Unstartable as why:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{SKIPPED}{why}", pytrace=False)
        pytest.skip(f"{SKIPPED}{why}")


@pytest.fixture(scope="session")
async def kafka_bootstrap(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Give the bootstrap servers of a Kafka; topics and groups are the test's own to name."""
    async with AsyncExitStack() as stack:
        yield await entered(stack, starting.bootstrap(tmp_path_factory.mktemp("kafka")))


@pytest.fixture(scope="session")
async def mongo_url(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """Give the URL of a MongoDB-protocol server; databases are the test's own to name."""
    async with AsyncExitStack() as stack:
        yield await entered(stack, starting.url(tmp_path_factory.mktemp("mongo")))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly which tests did not run for want of a server, and why."""
    reports = terminalreporter.stats.get("skipped", [])
    reasons = [str(report.longrepr[2]).partition(SKIPPED)[2] for report in reports]
    for why in sorted(set(reasons) - {""}):
        terminalreporter.write_sep(
            "!", f"THE DISTRIBUTED LANE WAS SKIPPED: {reasons.count(why)} tests", red=True
        )
        terminalreporter.write_line(f"!! {why}", red=True)
