"""Who holds a mandate in a congress, and who may act in which role."""
