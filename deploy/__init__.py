"""How the house is run; the only place that names adapters."""
