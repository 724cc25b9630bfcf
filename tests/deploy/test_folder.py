import asyncio
import base64
import datetime as dt
import tomllib
from contextlib import closing
from pathlib import Path

import pytest

from deploy.embedded import house
from deploy.folder import Folder, FolderTaken, NoMasterKey
from events.drivers.apsw import NewerSchema, connect
from events.vault.port import WrongMasterKey

KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin without a master key from outside."""
    monkeypatch.delenv("MANDATE_MASTER_KEY", raising=False)
    monkeypatch.delenv("MANDATE_MASTER_KEY_FILE", raising=False)


def test_a_folder_admits_one_house(tmp_path: Path) -> None:
    """Who comes second is refused by name of the folder; after closing, the next one gets in."""
    first = Folder.open(tmp_path / "data", "haidong")
    with pytest.raises(FolderTaken, match=str(tmp_path / "data")):
        Folder.open(tmp_path / "data")
    first.close()
    Folder.open(tmp_path / "data").close()


def test_an_example_keeps_its_own_master_key(tmp_path: Path) -> None:
    """The key is made once, 32 bytes, for the owner's eyes only, and read again at every start."""
    with closing(Folder.open(tmp_path, "haidong")) as first:
        assert len(first.master) == 32
    assert (tmp_path / "master.key").stat().st_mode & 0o777 == 0o600
    with closing(Folder.open(tmp_path)) as again:
        assert again.master == first.master
    assert repr(first.master) not in repr(first)


def test_another_house_demands_a_master_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one nothing is founded and the folder is free again; the environment may give it."""
    with pytest.raises(NoMasterKey, match="MANDATE_MASTER_KEY"):
        Folder.open(tmp_path)
    assert not (tmp_path / "house.toml").exists()
    monkeypatch.setenv("MANDATE_MASTER_KEY", KEY)
    with closing(Folder.open(tmp_path)) as folder:
        assert (folder.master, folder.example) == (bytes(range(32)), None)
    assert not (tmp_path / "master.key").exists()


def test_a_file_may_give_the_master_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key in a file may end with a line break, as files do."""
    (tmp_path / "key").write_text(f"{KEY}\n")
    monkeypatch.setenv("MANDATE_MASTER_KEY_FILE", str(tmp_path / "key"))
    with closing(Folder.open(tmp_path / "data")) as folder:
        assert folder.master == bytes(range(32))


@pytest.mark.parametrize("key", ["", "c2hvcnQ=", base64.b64encode(bytes(33)).decode(), "no base64!", "abc"])
def test_a_key_of_another_length_is_refused(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not 32 bytes in base64 is no master key."""
    monkeypatch.setenv("MANDATE_MASTER_KEY", key)
    with pytest.raises(NoMasterKey, match="32 bytes"):
        Folder.open(tmp_path)
    monkeypatch.setenv("MANDATE_MASTER_KEY", KEY)
    Folder.open(tmp_path).close()


def test_only_an_example_has_a_time_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An example's offset is kept; another house can neither keep one nor have one written in."""
    with closing(Folder.open(tmp_path / "example", "haidong")) as folder:
        folder.keep_offset(dt.timedelta(days=-400, microseconds=1))
    with closing(Folder.open(tmp_path / "example")) as folder:
        assert folder.offset == dt.timedelta(days=-400, microseconds=1)
    monkeypatch.setenv("MANDATE_MASTER_KEY", KEY)
    with closing(Folder.open(tmp_path / "real")) as folder, pytest.raises(ValueError, match="example"):
        folder.keep_offset(dt.timedelta(days=1))
    with (tmp_path / "real" / "house.toml").open("a") as told:
        told.write("offset_microseconds = 5\n")
    with closing(Folder.open(tmp_path / "real")) as folder:
        assert folder.offset == dt.timedelta()


def test_a_house_keeps_its_name(tmp_path: Path) -> None:
    """`house.toml` is written once; what a later start asks for does not change it."""
    with closing(Folder.open(tmp_path, "haidong")) as first:
        told = (tmp_path / "house.toml").read_text()
    with closing(Folder.open(tmp_path, "elsewhere")) as again:
        assert (again.name, again.created, again.example) == (first.name, first.created, "haidong")
    assert (tmp_path / "house.toml").read_text() == told
    assert tomllib.loads(told)["name"] == first.name


async def stand(path: Path) -> None:
    """Open the house in a folder and close it."""
    folder = Folder.open(path, "haidong")
    try:
        async with house(folder):
            await asyncio.sleep(0)
    finally:
        folder.close()


@pytest.mark.parametrize("file", ["journal.db", "vault.db", "keys.db", "shelf.db", "accounts.db"])
async def test_a_newer_schema_is_refused(file: str, tmp_path: Path) -> None:
    """What a newer release wrote is not touched by an older one, whichever file it is."""
    await stand(tmp_path)
    with closing(connect(tmp_path / file)) as connection:
        stood = int(connection.pragma("user_version"))
        connection.pragma("user_version", 999)
    with pytest.raises(NewerSchema, match=f"{file} has schema version 999"):
        await stand(tmp_path)
    with closing(connect(tmp_path / file)) as connection:
        assert connection.pragma("user_version") == 999
        connection.pragma("user_version", stood)
    await stand(tmp_path)


async def test_another_master_key_opens_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A house whose words were sealed under one key does not start with another."""
    await stand(tmp_path)
    monkeypatch.setenv("MANDATE_MASTER_KEY", KEY)
    with pytest.raises(WrongMasterKey):
        await stand(tmp_path)
    monkeypatch.delenv("MANDATE_MASTER_KEY")
    await stand(tmp_path)
