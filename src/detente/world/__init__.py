"""Room: world."""
