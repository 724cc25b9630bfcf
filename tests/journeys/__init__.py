"""Whole stories through the front door: borders, bad input, kills, rebuilds, browsers."""
