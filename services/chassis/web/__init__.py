"""How one asks a service over HTTP: routes are values, written once per operation."""
