"""What follows: `decide`, by the part of a mandate's life; `decider.py` joins them."""
