"""Kept: entries in the order of their ledger, durable before anyone hears yes."""
