"""What a study, a sweep or a game gives, as typed documents: the keys of the JSON are their fields."""
