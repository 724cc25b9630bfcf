"""Workloads, each beside its ceiling."""
