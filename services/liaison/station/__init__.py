"""A liaison station (代表联络站): a place with a door, a code and deputies one can address."""
