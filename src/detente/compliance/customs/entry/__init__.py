"""Whole entries: a file of lines in, the lines of the entry summaries, fees, totals and claims out."""
