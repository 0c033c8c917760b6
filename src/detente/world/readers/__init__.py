"""Worlds from the tables that people hold, one module a layout."""
