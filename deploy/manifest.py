"""What an archive says of itself, in its last member."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Told(BaseModel):
    """A part of what an archive says of itself."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Place(Told):
    """Where a ledger ends: its last sequence and that entry's leaf hash (hexadecimal)."""

    sequence: int = Field(ge=1, lt=2**32)
    hash: str


class Vouched(Told):
    """What was signed of a ledger: its name in the world, how many entries, by which keys."""

    origin: str
    size: int = Field(ge=1, lt=2**32)
    keys: list[str]


class Manifest(Told):
    """What an archive says of itself; `kdf` and `salt` are there where something is sealed.

    `signed` has the ledgers with a checkpoint; those of format 1 have none.
    """

    format: Literal["mandate-archive/1", "mandate-archive/2"] = "mandate-archive/2"
    congress: str
    house: str
    made: str
    closed: bool
    personal: bool
    kdf: Literal["scrypt", "hkdf"] | None
    salt: str | None = Field(pattern="^[0-9a-f]{32}$")
    ledgers: dict[str, Place]
    signed: dict[str, Vouched] = Field(default_factory=dict)
