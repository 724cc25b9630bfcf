"""A congress (人民代表大会): its rules, sessions and electorates, and who may act in it."""
