"""Views kept: documents folded from ledgers, found by declared fields, disposable."""
