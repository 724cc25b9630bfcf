"""One file per database library, imported by adapters only."""
