"""What happened: how we say it, keep it, pass it on, prove it, forget it."""
