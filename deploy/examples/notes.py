"""How far an example was entered into a data folder, so that it can go on after an interruption."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

FILE = "example.json"


class AnotherScript(Exception):  # noqa: N818 - it names what was found
    """The example changed since it began to be entered here."""


@dataclass(slots=True)
class Notes:
    """What the loader must know again. `script` is the digest of what is entered.

    `done` acts were entered and answered; `things` are the ids made, by the script's keys;
    `versions` those of the last answer of each stream, by congress; `codes` the receipt codes of
    shown acts.
    """

    script: str
    done: int = 0
    loaded: bool = False
    things: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)

    @classmethod
    def open(cls, folder: Path, script: str) -> "Notes":
        """Read what was noted in a folder, or begin.

        Raises:
            AnotherScript: when the rest of what was begun is not known any more.

        """
        notes = cls.read(folder) or cls(script)
        if notes.script != script:
            raise AnotherScript("the example changed while it was being loaded: use a new folder")
        return notes

    @classmethod
    def read(cls, folder: Path) -> "Notes | None":
        """Give what was noted in a folder, if anything was."""
        file = folder / FILE
        return cls(**json.loads(file.read_text())) if file.exists() else None

    def keep(self, folder: Path) -> None:
        """Write it all, or leave what was there."""
        fresh = folder / f"{FILE}.new"
        fresh.write_text(json.dumps(asdict(self), indent=1))
        fresh.replace(folder / FILE)
