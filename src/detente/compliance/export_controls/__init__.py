"""Whether an export needs a licence."""
