"""What people look at in liaison."""
