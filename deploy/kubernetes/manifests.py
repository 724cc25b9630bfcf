"""One Deployment for each of our services in docker-compose.yml, with replicas and probes."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from deploy.composed import IMAGE, SECRETS, Part, parts

HOUSE = Path(__file__).parent / "house.yaml"
HEAD = "# Made by `python -m deploy.kubernetes` from docker-compose.yml: change that, then make this again.\n"
PORT = 8000
REPLICAS = {"gateway": 3, "projector": 3, "reactor": 2, "relay": 2, "notary": 2}
EACH_SERVICE = 2


def text() -> str:
    """Give the manifests as YAML documents."""
    ours = parts()
    documents = [_config(ours[0]), *(each for part in ours for each in _manifests(part, ours[0]))]
    return HEAD + yaml.safe_dump_all(documents, sort_keys=False, allow_unicode=True, width=110)


def _config(part: Part) -> Mapping[str, Any]:
    """Give what all parts are told; a part is told the rest beside."""
    told = {key: " ".join(value.split()) for key, value in part.environment.items()}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": _named("mandate"), "data": told}


def _manifests(part: Part, first: Part) -> Iterator[Mapping[str, Any]]:
    selector = {"app": "mandate", "part": part.name}
    yield {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _named(part.name),
        "spec": {
            "replicas": REPLICAS.get(part.name, EACH_SERVICE),
            "selector": {"matchLabels": dict(selector)},
            "template": {"metadata": {"labels": dict(selector)}, "spec": _pod(part, first)},
        },
    }
    yield {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": _named(part.name),
        "spec": {"selector": selector, "ports": [{"port": PORT, "targetPort": PORT}]},
    }


def _pod(part: Part, first: Part) -> Mapping[str, Any]:
    keys = [{"key": each, "path": each} for each in part.secrets]
    secret = {"name": "secrets", "secret": {"secretName": "mandate", "items": keys}}
    return {
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 30,
        "securityContext": {"runAsNonRoot": True, "runAsUser": 10001, "fsGroup": 10001},
        "containers": [_container(part, first)],
        "volumes": [secret, {"name": "tmp", "emptyDir": {}}],
    }


def _container(part: Part, first: Part) -> Mapping[str, Any]:
    own = part.environment.items() - first.environment.items()
    alone = {
        "readOnlyRootFilesystem": True,
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
    }
    return {
        "name": part.name,
        "image": f"{IMAGE}0.1.0",
        "args": list(part.command),
        "envFrom": [{"configMapRef": {"name": "mandate"}}],
        **({"env": [{"name": name, "value": value} for name, value in sorted(own)]} if own else {}),
        "ports": [{"containerPort": PORT}],
        "startupProbe": _asked("/health/live", every=2, failures=30),
        "livenessProbe": _asked("/health/live", every=10, failures=6),
        "readinessProbe": _asked("/health/ready", every=5, failures=3),
        "resources": {"requests": {"cpu": "100m", "memory": "160Mi"}, "limits": {"memory": "512Mi"}},
        "securityContext": alone,
        "volumeMounts": [
            {"name": "secrets", "mountPath": SECRETS.rstrip("/"), "readOnly": True},
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - inside the container
        ],
    }


def _asked(path: str, *, every: int, failures: int) -> Mapping[str, Any]:
    return {
        "httpGet": {"path": path, "port": PORT},
        "periodSeconds": every, "timeoutSeconds": 5, "failureThreshold": failures,
    }  # fmt: skip


def _named(name: str) -> Mapping[str, Any]:
    return {"name": name, "labels": {"app": "mandate"}}
