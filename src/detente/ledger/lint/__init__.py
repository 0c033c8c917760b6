"""Checks of a whole ledger."""
