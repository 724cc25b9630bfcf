"""Others beside us: event stores that stand on SQLite too, given entries of the same bytes."""
