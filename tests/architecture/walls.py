"""Lint a copy of the house once as it is and once per plant; its own process, started in the copy.

Reads from standard input the plants, by name: a file of the copy and a line to add to it.
Writes the names of the contracts that each breaks; none of them stays behind.
"""

import json
import sys
from pathlib import Path

from importlinter import configuration
from importlinter.application import use_cases


def broken() -> list[str]:
    """Give the names of the contracts that the copy breaks now, sorted."""
    options = use_cases.read_user_options("pyproject.toml")
    use_cases._register_contract_types(options)  # noqa: SLF001 - as its command does
    report = use_cases.create_report(options, cache_dir=None)
    checked = report.get_contracts_and_checks()
    return sorted(contract.name for contract, check in checked if not check.kept)


def planted(file: Path, line: str) -> list[str]:
    """Give what is broken with this line at the end of this file."""
    before = file.read_text("utf-8") if file.exists() else None
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{before or ''}\n{line}\n", "utf-8")
    try:
        return broken()
    finally:
        if before is None:
            file.unlink()
        else:
            file.write_text(before, "utf-8")


def main() -> None:
    """Answer as the first lines say; what the linter prints goes to standard error."""
    answer, sys.stdout = sys.stdout, sys.stderr
    sys.path.insert(0, str(Path.cwd()))
    configuration.configure()
    found = {"clean": broken()}
    for name, (file, line) in json.load(sys.stdin).items():
        found[name] = planted(Path(file), line)
    json.dump(found, answer)


if __name__ == "__main__":
    main()
