"""Passed on: entries from the journal to whoever folds or reacts."""
