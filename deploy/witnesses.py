"""Witnesses as this house reaches them: over HTTP, never for longer than a few seconds."""

import asyncio
import http.client
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, field_validator

from events.proof import note
from events.proof.note import COSIGNATURE, Key

SECONDS = 10.0
MOST_BYTES = 65_536


class HttpWitness(BaseModel):
    """A witness: the prefix at which it takes checkpoints, and the key that it cosigns with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    vkey: str

    @field_validator("url")
    @classmethod
    def _reachable(cls, value: str) -> str:
        told = urlsplit(value)
        if told.scheme not in {"http", "https"} or not told.hostname:
            raise ValueError("a witness has an address, http or https")
        return value.rstrip("/")

    @field_validator("vkey")
    @classmethod
    def _cosigning(cls, value: str) -> str:
        if note.key(value).type != COSIGNATURE:
            raise ValueError("a witness has a key of type cosignature/v1")
        return value

    @property
    def key(self) -> Key:
        """Give its public key."""
        return note.key(self.vkey)

    async def add(self, body: str) -> tuple[int, str]:
        """Send an add-checkpoint request; give status and body of the answer.

        Raises:
            ConnectionError: when there was none in time.

        """
        return await asyncio.to_thread(self._post, body.encode())

    def _post(self, body: bytes) -> tuple[int, str]:
        told = urlsplit(self.url)
        kind = http.client.HTTPSConnection if told.scheme == "https" else http.client.HTTPConnection
        connection = kind(told.hostname or "", told.port, timeout=SECONDS)
        try:
            connection.request("POST", f"{told.path}/add-checkpoint", body)
            answer = connection.getresponse()
            return answer.status, answer.read(MOST_BYTES).decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            raise ConnectionError(f"no answer ({type(error).__name__})") from error
        finally:
            connection.close()
