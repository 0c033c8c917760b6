"""The brief: two pages on one run, as a page of its own and as PDF."""
