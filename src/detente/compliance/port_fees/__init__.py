"""Fees for a port call, of either side."""
