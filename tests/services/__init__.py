"""What the services do, held by cases."""
