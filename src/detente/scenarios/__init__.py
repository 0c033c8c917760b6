"""Room: scenarios."""
