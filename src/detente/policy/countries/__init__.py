"""What measures and scenarios mean for one economy of a world."""
