"""One workload a file: its subjects, what they do, and what must be true afterwards."""
