"""Reporting: every rate by its definition."""
