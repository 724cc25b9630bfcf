"""What people look at in supervision."""
