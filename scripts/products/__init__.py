"""Tables of products, one module a table."""
