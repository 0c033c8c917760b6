"""Worlds in files: netCDF, Parquet, multi-region tables."""
