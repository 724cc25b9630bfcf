"""The families of pages that the front door shows, one file each.

Literal addresses stand before those of congresses (`/{congress}`).
"""

from gateway.pages import (
    board,
    courses,
    desk,
    documentation,
    dossiers,
    erasures,
    figures,
    home,
    inbox,
    landing,
    opinions,
    receipts,
    record,
    roster,
    sign_in,
    stations,
    suggestions,
)

FAMILIES = (
    sign_in.ROUTES, documentation.ROUTES, home.ROUTES, suggestions.ROUTES, desk.ROUTES,
    inbox.ROUTES, stations.ROUTES, receipts.ROUTES, opinions.ROUTES, board.ROUTES, figures.ROUTES,
    courses.ROUTES, roster.ROUTES, dossiers.ROUTES, erasures.ROUTES, record.ROUTES, landing.ROUTES,
)  # fmt: skip
