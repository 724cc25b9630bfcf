"""The services: strangers that learn of each other through entries only."""
