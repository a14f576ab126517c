"""Tables that the municipality's own duties go by where it has none of its own."""
