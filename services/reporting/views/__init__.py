"""What people look at in reporting."""
