"""The rules of deputies: congress, mandates, roles."""
