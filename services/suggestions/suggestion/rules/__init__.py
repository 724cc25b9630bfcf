"""What follows: `decide`, by the part of a suggestion's life; `decider.py` joins them."""
