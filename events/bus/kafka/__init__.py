"""Kafka as messenger: one topic per service, keyed by congress; the owner's ledger stays the truth."""
