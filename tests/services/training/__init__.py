"""The rules of training: needs, courses, coverage."""
