"""Critical inputs: carved out of the world, cut, and what the cut costs, by horizon and with its range."""
