"""`mandate serve | project | react | relay | notarize | gateway`: each part as a process of its own.

Any number of each may run. A service's processes share its stores; all else passes over Kafka
and over the ledgers that each service publishes. Every process answers for its health.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

import structlog

from deploy.backing import Stores
from deploy.beside import InStores
from deploy.carrying import Journals
from deploy.copying import Copying
from deploy.daily import verifying
from deploy.fronting import Heads, caller_tokens, front
from deploy.overseeing import overseeing
from deploy.readiness import letting_in, notarizing, readiness, relaying
from deploy.renewing import renewing
from deploy.services import BY_NAME, PUBLISHING, chosen
from deploy.signing import signatory
from deploy.sockets import serve_on
from events.bus.embedded import EmbeddedBus
from events.bus.kafka.bus import KafkaBus
from events.bus.kafka.publisher import KafkaPublisher
from events.bus.port import Bus
from events.notary.proving import Proving
from events.relay import Relay
from gateway.clients.http import HttpServices
from gateway.limits import Limits
from gateway.main import create_gateway
from services.chassis.marks import SharedMarks
from services.chassis.running import Ports, Running
from services.chassis.shapes import Service
from services.chassis.shelf.sqlite import SqliteShelf
from services.chassis.web.health import Ready, watch
from services.chassis.web.routing import App

log = structlog.get_logger()


async def serve(name: str, port: int) -> None:
    """Answer a service's requests: its commands, its views, its ledger."""
    (service,) = [BY_NAME[each] for each in chosen([name])]
    async with _stores() as stores, renewing([await _running(service, stores, None)]) as (running,):
        await _answer(running.app, readiness([running]), stores, port, f"serve {name}")


async def project(names: Sequence[str], port: int) -> None:
    """Fold the views and references of services."""
    async with _following(names) as (stores, opened):
        for each in opened:
            each.project()
        await _answer(_bare(), readiness(opened), stores, port, f"project {' '.join(names)}")


async def react(names: Sequence[str], port: int) -> None:
    """Run the reactions of services."""
    async with _following(names) as (stores, opened):
        for each in opened:
            await each.react()
        await _answer(_bare(), readiness(opened), stores, port, f"react {' '.join(names)}")


async def relay(names: Sequence[str], port: int) -> None:
    """Move the entries of services from their journals to Kafka."""
    async with _stores() as stores:
        backing, started = stores.backing, list[asyncio.Task[None]]()
        journals = {name: await stores.journal(name) for name in chosen(names, PUBLISHING)}
        publisher = KafkaPublisher(backing.kafka_bootstrap, prefix=f"{backing.house}.")
        await publisher.start()
        try:
            async with asyncio.TaskGroup() as tasks:
                for name, each in journals.items():
                    one = Relay(each, each.outbox, publisher, stores.owner, poll=backing.relay_poll_seconds)
                    started.append(tasks.create_task(one.run(), name=f"relay:{name}"))
                await _answer(_bare(), relaying(started, journals), stores, port, f"relay {' '.join(names)}")
                for task in started:
                    task.cancel()
        finally:
            await publisher.close()


async def notarize(names: Sequence[str], port: int) -> None:
    """Sign the ledgers of services, have the witnesses cosign, and look at all of them once a day."""
    async with _stores() as stores:
        here, identity = chosen(names, PUBLISHING), stores.identity
        journals = Journals({name: await stores.journal(name) for name in here})
        signing = signatory(
            identity.name, identity.master, journals, await stores.notes(), [f"{name}/" for name in here]
        )
        await signing.start(journals.changed)
        looking = asyncio.create_task(verifying(InStores(), here), name="verifying")
        try:
            await _answer(_bare(), notarizing(signing), stores, port, f"notarize {' '.join(names)}")
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
            await signing.stop()


async def gateway(port: int, limits: Limits | None = None) -> None:
    """Answer people and programs; several gateways share accounts and sessions."""
    async with _stores() as stores:
        services = await stores.kept(_given(HttpServices(stores.backing.services)))
        accounts, master = await stores.accounts(), stores.identity.master
        asking = front(services, accounts, caller_tokens(master), master, limits or Limits())
        identity, ledgers = stores.identity, await stores.ledgers()
        heads = Heads(ledgers, stores.clock, example=identity.example is not None)
        proving = Proving(identity.name, await stores.notes())
        copying = Copying(identity.name, stores.clock, ledgers, proving)

        password = stores.backing.known_to_operators()
        operator = overseeing(asking, stores.heartbeats, password)
        ready = letting_in(accounts)
        app = create_gateway(asking, heads.head, ready, operator, copying.copied)
        async with stores.heartbeats.beating("gateway", stores.owner, ready):
            await serve_on(app, stores.backing.host, port, "gateway")


def _bare() -> App:
    return App()


async def _given(port: HttpServices) -> HttpServices:
    return port


@asynccontextmanager
async def _stores() -> AsyncIterator[Stores]:
    async with AsyncExitStack() as closing:
        yield await Stores.open(closing)


@asynccontextmanager
async def _following(names: Sequence[str]) -> AsyncIterator[tuple[Stores, Sequence[Running]]]:
    """Open services on Kafka, stopped and closed afterwards."""
    async with _stores() as stores, AsyncExitStack() as closing:
        backing = stores.backing
        bus = KafkaBus(backing.kafka_bootstrap, await stores.ledgers(), prefix=f"{backing.house}.")
        await bus.start()
        closing.push_async_callback(bus.close)
        opened = [await _running(BY_NAME[name], stores, bus) for name in chosen(names)]
        async with renewing(opened):
            yield stores, opened


async def _running(service: Service, stores: Stores, bus: Bus | None) -> Running:
    """Plug a service in; without a bus it serves its own ledger and follows nothing."""
    journal = await stores.journal(service.name)
    ports = Ports(
        journal, bus or EmbeddedBus(journal), await stores.vault(), await stores.shelf(service.name),
        stores.clock, caller_tokens(stores.identity.master), await stores.ledgers(),
        partial(SqliteShelf, None), Proving(stores.identity.name, await stores.notes()), SharedMarks,
        stores.forget,
    )  # fmt: skip
    return await Running.open(service, ports)


async def _answer(app: App, ready: Ready, stores: Stores, port: int, name: str) -> None:
    """Answer for this process until it is told to stop."""
    watch(app, ready)
    async with stores.heartbeats.beating(name, stores.owner, ready):
        await serve_on(app, stores.backing.host, port, name)
