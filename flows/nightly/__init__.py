"""Everything that happens at night, in order."""
