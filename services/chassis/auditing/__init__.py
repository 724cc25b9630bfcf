"""The record looked at again: is a ledger whole, is a view its replay, who did what; pure."""
