"""The front door: one API, one set of pages over all services; it shows and never decides."""
