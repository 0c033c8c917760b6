"""What is read off a ledger: the board, listings, timelines, differences, and their words."""
