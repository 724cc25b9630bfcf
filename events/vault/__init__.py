"""Forgotten: words and personal data under a key per owner, and the end of that key."""
