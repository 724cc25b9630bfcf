"""`mandate audit figure`: a published number is computed again from the ledger."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from deploy import recomputing
from deploy.embedded import House
from deploy.moving import Refused
from gateway.clients.inprocess import InProcess
from services.chassis.web.tokens import Caller
from tests.deploy.test_cli import mandate, refused
from tests.journeys.visiting import CITY


async def published(house: House, query: str = "") -> dict[str, Any]:
    """Give the figures as anybody gets them."""
    services = InProcess({name: each.app for name, each in house.running.items()})
    token = house.ports.tokens.mint(Caller("citizen", "anonymous"), CITY, "reporting")
    answer = await services.ask("reporting", "GET", f"/{CITY}/figures{query}", token=token)
    assert answer.status == 200, answer.body
    found: dict[str, Any] = json.loads(answer.body)
    return found


async def recomputed(house: House, saved: Mapping[str, Any]) -> dict[str, Any]:
    """Compute them again."""
    found: dict[str, Any] = await recomputing.figure_of(house, {"saved": saved}, lambda *_: None)
    return found


@pytest.mark.parametrize(
    "query", ["", "?session=3-2025", "?occasion=recess", "?as_of=2025-04-01", "?as_of=2025-03-05"]
)
async def test_what_was_published_is_found_again(haidong: House, query: str) -> None:
    """Today's figures and those of a day that is past; every number is compared."""
    saved = await published(haidong, query)
    report = await recomputed(haidong, saved)
    assert report["differing"] == []
    assert report["compared"] == 3 + 6 * len(saved["figures"])
    assert {report["ledger"]: report["position"]} == saved["positions"]


async def test_a_changed_number_is_named(haidong: House) -> None:
    """Each number that somebody changed is told with what it should be; so is a wrong position."""
    saved = await published(haidong, "?as_of=2025-04-01")
    saved["figures"][1]["numerator"] += 1
    saved["items"] -= 1
    key, numerator = saved["figures"][1]["key"], saved["figures"][1]["numerator"]
    report = await recomputed(haidong, saved)
    assert report["differing"] == [
        {"name": f"{key}.numerator", "published": numerator, "computed": numerator - 1},
        {"name": "items", "published": saved["items"], "computed": saved["items"] + 1},
    ]
    later = await published(haidong) | {"positions": saved["positions"]}
    assert (await recomputed(haidong, later))["differing"]


NONE = {
    "nothing": {}, "list": [], "positions": {"positions": {}, "session": "3-7", "figures": []},
    "ledger": {"positions": {"x/1": 1}, "session": "3-7", "figures": [], "items": 0, "units": 0, "at": None},
    "beyond": {
        "positions": {f"suggestions/{CITY}": 99_999}, "session": "3-7", "figures": [], "items": 0, "units": 0,
        "at": None,
    },
}  # fmt: skip


@pytest.mark.parametrize("saved", NONE.values(), ids=NONE)
async def test_what_is_no_figures(haidong: House, saved: Any) -> None:  # noqa: ANN401 - any JSON
    """One sentence, no trace."""
    with pytest.raises(Refused):
        await recomputed(haidong, saved)


async def test_the_command(haidong: House, haidong_folder: Path, tmp_path: Path) -> None:
    """Exit 0 and a sentence when all is the same, 1 and a table when not, on a stopped house too."""
    data, file = shutil.copytree(haidong_folder, tmp_path / "data"), tmp_path / "figures.json"
    saved = await published(haidong, "?as_of=2025-04-01")
    file.write_text(json.dumps(saved))
    code, said, complaint = mandate("audit", "figure", str(file), "--data", str(data))
    assert (code, complaint) == (0, ""), said
    assert said.startswith("the same: ")
    assert f"suggestions/{CITY}/947" in said
    saved["figures"][0]["denominator"] = 1
    file.write_text(json.dumps(saved))
    code, said, _ = mandate("audit", "figure", str(file), "--data", str(data))
    assert code == 1
    assert f"{saved['figures'][0]['key']}.denominator" in said
    file.write_text("no JSON")
    assert "holds no JSON" in refused("audit", "figure", str(file), "--data", str(data))
