"""How the gateway asks the services, in this process or over HTTP."""
