"""The gateway from outside: policy, accounts, pages and the API."""
