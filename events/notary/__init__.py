"""Vouched for: what each ledger was is signed, shown to witnesses, and never signed otherwise."""
