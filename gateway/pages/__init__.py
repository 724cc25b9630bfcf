"""What people look at: one file per page family; templates/ has the same names."""
