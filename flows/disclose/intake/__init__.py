"""A request comes in: entered, held, asked about."""
