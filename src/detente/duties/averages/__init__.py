"""Averages of duties over lines, sectors and partners, by stated weights."""
