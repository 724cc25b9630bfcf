"""The tool asked as a program asks it: arguments in, exit code and JSON out."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from deploy.verifier import erasures, exports, heads, ledgers, receipts, rules, signing, verifying
from deploy.verifier.cli import main

TABLES: Mapping[str, Any] = {
    "ledgers": ledgers.CHECKS, "rules": rules.CHECKS, "signing": signing.CHECKS,
    "heads": heads.HEADS, "signed": heads.SIGNED, "whole": verifying.WHOLE,
    "receipts": receipts.CHECKS, "pairs": receipts.PAIRS, "figures": exports.CHECKS,
    "erasures": erasures.CHECKS,
}  # fmt: skip
CHECKS = [f"{table}.{name}" for table, checks in TABLES.items() for name in checks]


def asked(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, dict[str, Any]]:
    """Ask; give the exit code and what was answered."""
    code = main([*map(str, arguments), "--json"])
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, answer


def found(answer: dict[str, Any]) -> Sequence[str]:
    """Give the names of the checks that found something."""
    return sorted(answer["counts"])
