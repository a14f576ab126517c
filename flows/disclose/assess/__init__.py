"""An officer decides of each record: given, masked, refused."""
