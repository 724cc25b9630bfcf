"""The figures that are answered for: views only, each with what it counts and what it stands on."""
