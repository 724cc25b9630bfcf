"""The families of pages that the front door shows, one file each."""

from gateway.pages import desk, home, inbox, sign_in, suggestions

FAMILIES = (home.ROUTES, suggestions.ROUTES, desk.ROUTES, inbox.ROUTES, sign_in.ROUTES)
