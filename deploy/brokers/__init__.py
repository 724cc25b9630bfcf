"""A real Kafka and a real MongoDB-protocol server without Docker, for tests and for trying things out.

They run as children of this process on free ports of the loopback and keep their data in a folder.
Nothing here speaks to them beyond the question whether they answer; it names no client library.
"""
