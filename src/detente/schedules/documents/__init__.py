"""What answers about a schedule say, typed: the keys of their JSON."""
