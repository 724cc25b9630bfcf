"""One OpenAPI over all services: forwards, never decides."""
