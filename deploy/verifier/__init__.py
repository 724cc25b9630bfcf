"""The auditor's tool: verifies what a house tells, with no code and no key of the house.

It needs Python and `cryptography`; a copy of this folder alone works (`python -m verifier`). Whom
to trust stands in a file of the auditor's; nothing that comes from a house is believed.
"""
