"""What only the page asks: the main study as it is being solved, a scenario moved by hand, rates of every day."""
