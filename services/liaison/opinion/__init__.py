"""A citizen's opinion (意见): from his words to the day he is told what became of them."""
