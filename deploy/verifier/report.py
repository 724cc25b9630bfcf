"""What the tool answers: findings, each from one check; remarks; figures; and one verdict."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

SOUND, UNSOUND, UNREADABLE, FORK = 0, 1, 2, 3
VERDICTS = {SOUND: "sound", UNSOUND: "unsound", UNREADABLE: "unreadable", FORK: "fork"}
MOST = 20
"""So many findings of one check are told; of the others, how many they are."""


class Unreadable(Exception):  # noqa: N818 - it names what was found
    """It cannot be read at all, or was asked for in a way that makes no sense: `code` says why."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code, self.details = code, {name: str(each) for name, each in details.items()}


@dataclass(frozen=True, slots=True)
class Found:
    """What one check found: the code of its sentence, what stands in it, and where it is."""

    code: str
    details: Mapping[str, str] = field(default_factory=dict)
    where: str = ""


def found(code: str, where: str = "", **details: object) -> Found:
    """Write down what was found."""
    return Found(code, {name: str(each) for name, each in details.items()}, where)


@dataclass
class Report:
    """What is told of one thing; `facts` is what was computed, for programs and people."""

    command: str
    subject: str
    findings: list[tuple[str, Found]] = field(default_factory=list)
    remarks: list[Found] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    forked: bool = False
    unreadable: bool = False

    def add(self, check: str, findings: Iterable[Found], where: str = "") -> None:
        """Take the findings of a check; one that says no place gets this one."""
        for each in findings:
            self.counts[check] += 1
            if self.counts[check] <= MOST:
                self.findings.append((check, Found(each.code, each.details, each.where or where)))

    def remark(self, code: str, where: str = "", **details: object) -> None:
        """Say what is no fault and should be known."""
        self.remarks.append(found(code, where, **details))

    @property
    def exit(self) -> int:
        """Give the exit code: a fork outweighs all else."""
        if self.unreadable:
            return UNREADABLE
        return FORK if self.forked else UNSOUND if self.counts else SOUND

    def json(self, sentences: Mapping[str, Any]) -> str:
        """Write it for programs; `sentences` gives a finding's text by language."""

        def told(each: Found, **more: str) -> dict[str, Any]:
            said = {language: sentence(each) for language, sentence in sentences.items()}
            return {**more, "code": each.code, "where": each.where, "details": dict(each.details)} | said

        answer = {
            "tool": "mandate-verify/1", "command": self.command, "subject": self.subject,
            "verdict": VERDICTS[self.exit], "counts": dict(self.counts),
            "findings": [told(each, check=check) for check, each in self.findings],
            "remarks": [told(each) for each in self.remarks], "facts": self.facts,
        }  # fmt: skip
        return json.dumps(answer, ensure_ascii=False, indent=1)
