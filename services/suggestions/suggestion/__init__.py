"""A suggestion (代表建议): from the first word to the reply its deputy has rated."""
