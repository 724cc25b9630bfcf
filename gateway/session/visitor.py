"""The visitor: a value that says who asks. What he may do is for `policy` to say."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.accounts.values import Account, Language, Session


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks: with a session, with an API token (`account` alone), or nobody known.

    `anonymous` is the value of a stranger's signed cookie; `fresh` tells that his browser does
    not have it yet (see `Sessions.greet`).
    """

    language: Language
    account: Account | None = None
    session: Session | None = None
    anonymous: str = field(default="", repr=False)
    fresh: bool = False

    @property
    def role(self) -> str | None:
        """The role he chose to act in, if any."""
        return self.session.role if self.session else None

    @property
    def positions(self) -> Mapping[str, int]:
        """The sequence of his last command in each ledger he wrote to."""
        return self.session.positions if self.session else {}


def language(chosen: str | None, accepted: str) -> Language:
    """Give the language a stranger chose, else the best of his `Accept-Language`, else Chinese."""
    if chosen in ("zh", "en"):
        return "en" if chosen == "en" else "zh"
    liked = {"zh": 0.0, "en": 0.0}
    for part in accepted.split(","):
        tag, _, quality = part.partition(";")
        spoken = tag.strip().lower().partition("-")[0]
        if spoken in liked:
            liked[spoken] = max(liked[spoken], _quality(quality))
    return "en" if liked["en"] > liked["zh"] else "zh"


def _quality(parameter: str) -> float:
    try:
        return float(parameter.strip().removeprefix("q=") or 1)
    except ValueError:
        return 0.0
