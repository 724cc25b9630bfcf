"""Contracts of journal and bus, the form of an entry, the proofs."""
