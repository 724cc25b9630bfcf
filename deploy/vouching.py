"""What operators ask of the notary: the keys of each ledger, and to sign again what it refused."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from deploy.moving import Refused
from deploy.signing import Signatory
from events.notary.port import Source

Moved = Callable[[int, int, str], None]


class Vouched(Protocol):
    """A house that signs."""

    @property
    def journal(self) -> Source:
        """Give its ledgers."""
        ...

    @property
    def signatory(self) -> Signatory:
        """Give who signs them."""
        ...


async def vkeys_of(standing: Vouched, _asked: Mapping[str, Any], _moved: Moved) -> dict[str, list[str]]:
    """Give the keys of each ledger as trust policies have them, the present one first."""
    notary = standing.signatory.notary
    heads = await standing.journal.heads()
    return {name: [each.key.vkey for each in notary.signers(name)] for name in sorted(heads)}


async def readmit_of(standing: Vouched, asked: Mapping[str, Any], _moved: Moved) -> str:
    """Let a refused ledger be signed again; give why it is refused still, or nothing."""
    ledger = str(asked["ledger"])
    if not await standing.signatory.notary.readmit(ledger):
        raise Refused(f"{ledger} is not refused here")
    return standing.signatory.notary.refused.get(ledger, "")


DEEDS: Mapping[str, Callable[[Any, Mapping[str, Any], Moved], Awaitable[Any]]] = {
    "vkeys": vkeys_of, "readmit": readmit_of,
}  # fmt: skip
