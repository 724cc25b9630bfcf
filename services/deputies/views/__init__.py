"""What people look at in deputies."""
