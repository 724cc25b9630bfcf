"""The house on real Kafka and a real MongoDB-protocol server, and those servers themselves."""
