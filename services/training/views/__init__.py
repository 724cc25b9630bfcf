"""What people look at in training."""
