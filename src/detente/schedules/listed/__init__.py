"""Schedules that are one list of lines."""
