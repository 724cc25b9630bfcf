"""A course (培训): planned, enrolled for, attended, held."""
