"""What answers about duties on average say, typed: the keys of their JSON."""
