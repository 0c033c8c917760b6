"""A forecast that could have failed: threats, promises and packages after a day, by a rule that was written down first."""
