"""The boards on which the work is watched: views only, nothing is decided here."""
