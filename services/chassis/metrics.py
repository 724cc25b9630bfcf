"""What the house counts for Prometheus; names only, the numbers come from where they happen."""

from prometheus_client import Counter, Gauge, Histogram

COMMANDS = Counter("mandate_commands_total", "Commands by operation and outcome", ["operation", "outcome"])
REFUSALS = Counter("mandate_refusals_total", "Refusals by code", ["code"])
REACTIONS = Counter("mandate_reactions_total", "Reactions by name and outcome", ["reaction", "outcome"])
LAG = Gauge("mandate_view_lag_entries", "Entries of a ledger that a view has yet to fold", ["view", "ledger"])
BLOCKED = Gauge("mandate_view_blocked", "1 while a ledger is stopped for a view", ["view", "ledger"])
SECONDS = Histogram(
    "mandate_request_seconds", "Time to the first byte of an answer, by status", ["status"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)  # fmt: skip
APPEND = Histogram(
    "mandate_append_seconds", "Time until a command's entries are durable, by service", ["service"],
    buckets=(0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)  # fmt: skip
UNSIGNED = Gauge("mandate_notary_unsigned_entries", "Entries that wait for a signature")
REFUSED = Gauge("mandate_notary_refused", "1 for a ledger that is not signed any more", ["ledger"])
SILENT = Gauge(
    "mandate_witness_silent_seconds", "How long a witness has not cosigned what it was asked", ["witness"]
)
BACKLOG = Gauge("mandate_relay_backlog_entries", "Entries of a service not yet on the broker", ["service"])
UNSOUND = Gauge("mandate_ledger_unsound", "1 when the ledger did not hold the last time", ["ledger"])
