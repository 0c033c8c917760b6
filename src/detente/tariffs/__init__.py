"""Room: tariffs."""
