"""The tool's words, Chinese first: a sentence for every code, from words.toml."""

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from .report import FORK, SOUND, UNSOUND, VERDICTS, Found, Report

LANGUAGES = ("zh", "en")


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """Give every sentence: by code, then by language."""
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))


def sentence(language: str) -> Callable[[Found], str]:
    """Give what writes a finding in a language."""
    return lambda found: words()[found.code][language].format_map(found.details)


def told(report: Report, languages: tuple[str, ...] = LANGUAGES) -> str:
    """Write a report for people: the verdict, what was found, what should be known."""
    lines = [f"{report.command} {report.subject}"]
    lines += [words()[f"verdict.{VERDICTS[report.exit]}"][each] for each in languages]
    mark = {SOUND: "✓", UNSOUND: "✗", FORK: "✗✗"}[report.exit]
    for check, found in report.findings:
        lines += _lines(f"{mark} {check}", found, languages)
    for check, count in report.counts.items():
        if more := count - sum(check == each for each, _ in report.findings):
            lines.append(f"{mark} {check}: … +{more}")
    for found in report.remarks:
        lines += _lines("·", found, languages)
    return "\n".join([*lines, *_facts(report)])


def _lines(mark: str, found: Found, languages: tuple[str, ...]) -> list[str]:
    first, *others = [sentence(each)(found) for each in languages]
    return [
        " ".join(each for each in (mark, found.where, first) if each),
        *(f"    {each}" for each in others),
    ]


def _facts(report: Report) -> list[str]:
    lines = []
    for name, value in report.facts.items():
        if name == "ledgers":
            for ledger, each in value.items():
                signed = "—" if each["signed"] is None else each["signed"]
                lines.append(
                    f"  {ledger}/{each['entries']} {each['hash']} ({signed}, {len(each['witnessed'])})"
                )
        elif name == "figures":
            for session, each in value.items():
                rates = " ".join(f"{key} {so}/{of}" for key, (so, of) in each["rates"].items())
                lines.append(f"  {session}: {each['items']} · {each['units']} · {rates}")
        else:
            lines.append(f"  {name}: {value}")
    return lines
