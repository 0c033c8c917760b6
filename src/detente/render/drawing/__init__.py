"""Charts, maps and words of the pages."""
