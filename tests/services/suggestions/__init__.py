"""Cases of a suggestion's life, command by command, and of what its people see."""
