"""What a reader sees in a terminal."""
