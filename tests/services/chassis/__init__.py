"""What every service stands on, held by cases."""
