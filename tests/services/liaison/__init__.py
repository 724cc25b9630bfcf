"""Liaison: its rules, reactions, views and routes."""
