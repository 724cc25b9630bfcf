"""The cast: who acts in the cases. No anonymous `user1`."""

from tests.specification import Who

LEAD = Who("deputy", "ma", "mandate/3-ma")
"""The lead deputy."""
COSIGNER = Who("deputy", "li", "mandate/3-li")
"""A deputy who is asked to sign."""
CLERK = Who("staff", "clerk")
"""The clerk of the deputy work committee (代工委)."""
STATION_CLERK = Who("station", "an", "station/s1")
"""The liaison clerk at the station."""
UNIT_CLERK = Who("unit", "zhao", "unit/housing")
"""The clerk of the housing bureau, a handling unit."""
OTHER_UNIT_CLERK = Who("unit", "qian", "unit/water")
"""The clerk of the water bureau."""
CITIZEN = Who("citizen", "anonymous")
"""A citizen at the station."""

IN_OFFICE = {
    "state": "active", "term": 3, "electorate": "ledu", "electorate_name": "乐都区",
    "delegation": "ledu", "delegation_name": "乐都代表团",
}  # fmt: skip
"""What services know of a deputy in office."""
SUSPENDED = {**IN_OFFICE, "state": "suspended"}
TERMINATED = {**IN_OFFICE, "state": "terminated"}
CONGRESS = {
    "term": 3, "name": "海东市人民代表大会",
    "sessions": [{"term": 3, "session": 7, "opens": "2025-02-19", "closes": "2025-02-22"}],
}  # fmt: skip
UNITS = {
    "unit/housing": {"name": "市住建局"},
    "unit/water": {"name": "市水务局"},
    "unit/edu": {"name": "市教育局"},
}
