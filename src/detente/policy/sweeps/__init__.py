"""Many draws of a design: stores, bands and what drives them."""
