"""The distributed house for Kubernetes, made from docker-compose.yml so that the two cannot differ.

`python -m deploy.kubernetes` writes `house.yaml`; a test sees when it is stale. MongoDB, Kafka and
the secret `mandate` (keys `master_key`, `operator_password`) are the cluster's own and are not made here.
"""
