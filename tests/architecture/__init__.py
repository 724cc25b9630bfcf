"""How the house is built, held by tests."""
