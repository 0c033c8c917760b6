"""Reads the printed notes of HTSUS chapter 99 into lists with conditions, and holds the ledger's lists against them."""
