"""Accounts of every adapter in turn, for the tests of this folder."""

from tests.gateway.accounts import accounts, contents, lane, opening

__all__ = ["accounts", "contents", "lane", "opening"]
