"""Stores of a sweep: parts on disk, locks, queries."""
