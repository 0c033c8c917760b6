"""Baseline tariffs t0 of the embedded worlds: built once, from public figures and named assumptions."""
