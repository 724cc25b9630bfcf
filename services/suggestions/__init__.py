"""What deputies asked for, and what came of it."""
