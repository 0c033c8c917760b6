"""Studies: scenarios solved against one baseline, and their documents."""
