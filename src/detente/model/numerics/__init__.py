"""Fixed points, linear operators and their transposes."""
