"""What operators are given: compose file, manifests, alarms, dashboard, runbooks."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy import parts
from deploy.composed import COMPOSE, IMAGE
from deploy.composed import parts as composed_parts
from deploy.kubernetes import manifests
from deploy.services import SERVICES
from services.chassis import metrics

HERE = COMPOSE.parent / "deploy"
COMPOSED: dict[str, Any] = yaml.safe_load(COMPOSE.read_text("utf-8"))
ALARMS = yaml.safe_load((HERE / "observability" / "alarms.yml").read_text("utf-8"))["groups"][0]["rules"]
DASHBOARD = json.loads((HERE / "observability/grafana/dashboards/house.json").read_text("utf-8"))
NAME = re.compile(r"mandate_[a-z_]+")
SUFFIX = re.compile(r"_(total|bucket|count|sum)$")


def measured() -> set[str]:
    """Give the names of all that the house counts."""
    return {each._name for each in vars(metrics).values() if hasattr(each, "_name")}  # noqa: SLF001


def asked(text: str) -> set[str]:
    """Give the names of metrics in a question to Prometheus."""
    return {SUFFIX.sub("", name) for name in NAME.findall(text)}


@pytest.mark.parametrize("alarm", ALARMS, ids=lambda each: each["alert"])
def test_an_alarm_asks_for_what_is_counted_and_has_a_runbook(alarm: dict[str, Any]) -> None:
    """Nobody is woken by a number that is never there, or left without a page to read."""
    assert asked(alarm["expr"]) <= measured()
    page = (HERE / "runbooks" / f"{alarm['alert']}.md").read_text("utf-8")
    assert page.startswith(f"# {alarm['alert']} · ")
    assert "**Do:**" in page


def test_no_runbook_without_an_alarm() -> None:
    """A page that no alarm leads to is stale."""
    pages = {page.stem for page in (HERE / "runbooks").glob("*.md")}
    assert pages == {each["alert"] for each in ALARMS}


def test_the_dashboard_shows_what_is_counted() -> None:
    """Lag, throughput and refusals stand on it, and every question has an answer."""
    names = asked(json.dumps(DASHBOARD["panels"]))
    assert {"mandate_view_lag_entries", "mandate_commands", "mandate_refusals"} <= names <= measured()


@pytest.mark.parametrize("name", COMPOSED["services"])
def test_every_service_is_pinned_and_watched(name: str) -> None:
    """An exact image, a health check, a network; nothing secret stands in the file."""
    service = COMPOSED["services"][name]
    assert re.fullmatch(r"[a-z/]+:v?[0-9]+\.[0-9]+\.[0-9]+", service["image"])
    assert service["healthcheck"]["test"]
    assert service["networks"]
    told = {key: value for key, value in service.get("environment", {}).items() if "PASSWORD" in key}
    assert all(value.startswith("/run/secrets/") for value in told.values())


def test_the_file_has_every_part_of_the_house() -> None:
    """Each service by itself, and projectors, reactors, relays, a notary and a gateway for all of them."""
    commands = {each.command for each in composed_parts()}
    every = {("serve", each.name) for each in SERVICES}
    many = {(verb, "all") for verb in ("project", "react", "relay", "notarize")}
    assert commands == every | many | {("gateway",)}
    assert {command[0] for command in commands} <= set(vars(parts))


def test_the_manifests_are_made_of_the_compose_file() -> None:
    """Kubernetes runs what docker compose runs: `python -m deploy.kubernetes` after every change."""
    assert manifests.HOUSE.read_text("utf-8") == manifests.text()
    deployments = [each for each in yaml.safe_load_all(manifests.text()) if each["kind"] == "Deployment"]
    assert {each["metadata"]["name"] for each in deployments} == {each.name for each in composed_parts()}
    for each in deployments:
        (container,) = each["spec"]["template"]["spec"]["containers"]
        assert each["spec"]["replicas"] >= 2
        assert {"startupProbe", "livenessProbe", "readinessProbe"} <= container.keys()


def test_the_image_is_small_and_nobodys_root() -> None:
    """The Dockerfile installs by hash, ends as a user, and its entry point is the command."""
    lines = (HERE / "Dockerfile").read_text("utf-8")
    assert "--require-hashes" in lines
    assert re.search(r"^USER [1-9][0-9]*$", lines, re.MULTILINE)
    assert lines.rstrip().endswith('ENTRYPOINT ["mandate"]\nCMD ["--help"]')
    assert not re.search(r"^FROM \S+:latest", lines, re.MULTILINE)
    assert COMPOSED["services"]["gateway"]["image"].startswith(IMAGE)
    copied = re.findall(r"^COPY (?!--from)([a-z]\S*)", lines, re.MULTILINE)
    assert all(Path(COMPOSE.parent / each).exists() for each in copied)
