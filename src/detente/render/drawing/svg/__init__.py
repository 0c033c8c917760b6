"""Charts drawn as SVG by this package alone: scales, guides, marks, and how they are laid out."""
