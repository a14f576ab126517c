"""Tables that disclosure goes by where a municipality has none of its own."""
