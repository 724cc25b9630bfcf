"""What people look at in suggestions."""
