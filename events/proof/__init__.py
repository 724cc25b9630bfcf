"""Proven: pure functions from entries to hashes that anyone can compute again."""
