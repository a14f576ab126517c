"""The demonstration: an invented municipality, many nights, no network."""
