"""Ledgers in files: loading, overlays, tables, names."""
