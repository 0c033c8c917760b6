"""What the answers about one case say, typed: the keys of their JSON."""
