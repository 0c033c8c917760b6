"""What a sweep says: bands, drivers, slopes, and the bands that come with the package."""
