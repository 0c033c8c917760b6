"""Progress against commitments to buy."""
