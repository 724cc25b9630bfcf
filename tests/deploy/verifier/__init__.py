"""The auditor's tool, against archives, heads and proofs that these tests write and sign themselves."""
