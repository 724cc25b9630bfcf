"""The house as one process: its folder, its example, its command."""
