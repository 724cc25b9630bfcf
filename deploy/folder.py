"""The data folder: the house's name, its time, its keys, and the lock that admits one house."""

import base64
import datetime as dt
import fcntl
import secrets
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from services.chassis.settings import Settings

KEY_BYTES = 32
NO_KEY = "set MANDATE_MASTER_KEY_FILE or MANDATE_MASTER_KEY (32 bytes, base64)"


class FolderTaken(Exception):  # noqa: N818 - it names what was found
    """Another house works in this folder."""


class NotBacked(Exception):  # noqa: N818 - it names what was found
    """A distributed house is not told where its stores, its broker or its services are."""


class NoMasterKey(Exception):  # noqa: N818 - it names what was found
    """The master key is given neither by a file nor by the environment."""


@dataclass(slots=True)
class Folder:
    """A data folder, locked while it is open. `offset` is what an example's clock is away."""

    path: Path
    name: str
    created: str
    example: str | None
    offset: dt.timedelta
    master: bytes = field(repr=False)
    _lock: IO[str] = field(repr=False)

    @classmethod
    def open(cls, path: Path, example: str | None = None) -> "Folder":
        """Open a folder, made at first start; `example` only matters then.

        Raises:
            FolderTaken: when another house has it open.
            NoMasterKey: when there is no master key and this is no example.

        """
        path.mkdir(parents=True, exist_ok=True)
        lock = _locked(path)
        try:
            return cls._told(path, example, lock)
        except BaseException:
            lock.close()
            raise

    @classmethod
    def _told(cls, path: Path, example: str | None, lock: IO[str]) -> "Folder":
        file = path / "house.toml"
        if not file.exists():
            _master(path, example)  # without a key no house is founded
            _write(file, f"house-{secrets.token_hex(4)}", dt.datetime.now(dt.UTC).isoformat(), example, 0)
        told = tomllib.loads(file.read_text())
        example = told.get("example")
        offset = dt.timedelta(microseconds=told.get("offset_microseconds", 0) if example else 0)
        return cls(path, told["name"], told["created"], example, offset, _master(path, example), lock)

    def keep_offset(self, offset: dt.timedelta) -> None:
        """Remember how far an example's clock is away; no other house has an offset.

        Raises:
            ValueError: when the house is no example.

        """
        if self.example is None:
            raise ValueError("only an example has a time of its own")
        self.offset = offset
        microseconds = offset // dt.timedelta(microseconds=1)
        _write(self.path / "house.toml", self.name, self.created, self.example, microseconds)

    def close(self) -> None:
        """Let another house in."""
        self._lock.close()


def identity(path: Path) -> tuple[str, bytes]:
    """Give the name and the master key of the house in a folder, open or not.

    Raises:
        NoMasterKey: when there is none.

    """
    told = tomllib.loads((path / "house.toml").read_text())
    return told["name"], _master(path, told.get("example"))


def _write(file: Path, name: str, created: str, example: str | None, offset: int) -> None:
    lines = [f'name = "{name}"', f'created = "{created}"']
    if example is not None:
        lines += [f'example = "{example}"', f"offset_microseconds = {offset}"]
    fresh = file.with_suffix(".new")
    fresh.write_text("\n".join(lines) + "\n")
    fresh.replace(file)


def _locked(path: Path) -> IO[str]:
    lock = (path / "lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise FolderTaken(f"another house is open in {path}") from error
    return lock


def given_master() -> bytes | None:
    """Read the master key (32 bytes, base64) that the environment gives, itself or by a file."""
    settings = Settings()
    if settings.master_key is not None:
        return _decoded(settings.master_key.get_secret_value())
    if settings.master_key_file is not None:
        return _decoded(settings.master_key_file.read_text())
    return None


def _master(path: Path, example: str | None) -> bytes:
    """Read the master key; only an example keeps its own in the folder."""
    given = given_master()
    if given is not None:
        return given
    if example is None:
        raise NoMasterKey(NO_KEY)
    kept = path / "master.key"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode())
    return _decoded(kept.read_text())


def _decoded(text: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise NoMasterKey("the master key must be 32 bytes, base64")
    return key
