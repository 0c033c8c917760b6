"""Strict YAML with positions, days, and refusals of unknown words."""
