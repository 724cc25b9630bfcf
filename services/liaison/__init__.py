"""Where people meet their deputies, and what comes of what they say there."""
