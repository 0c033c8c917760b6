"""What is read off a ledger, typed: the keys of its JSON."""
