"""Names against restricted-party lists, and the ownership rules above them."""
