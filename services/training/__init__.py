"""What deputies need to learn, and learned."""
