"""Entries have addresses for ever; who may read their ledger is led to them."""

import re

from markupsafe import Markup

from gateway.policy import permitted

ADDRESS = re.compile(r"([a-z]+)/([0-9]{6,9})/([1-9][0-9]{0,9})")


def entry_href(address: str, congress: str, role: str) -> str | None:
    """Give the page of an entry, for a role that may read it in its own congress; else None."""
    found = ADDRESS.fullmatch(address)
    if found is None or found[2] != congress or role not in permitted(f"prove{found[1].title()}Entry"):
        return None
    return f"/{congress}/record/{found[1]}/{found[3]}"


def led(address: str, congress: str, role: str) -> str:
    """Write an address, as a link where it leads the reader to the entry."""
    href = entry_href(address, congress, role)
    return Markup('<a href="{}">{}</a>').format(href, address) if href else address
