"""What every service stands on, and no rule of any of them."""
