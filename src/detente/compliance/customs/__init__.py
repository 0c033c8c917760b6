"""The duties on one shipment, line by line."""
