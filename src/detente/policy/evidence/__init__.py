"""Predictions held against what was traded."""
