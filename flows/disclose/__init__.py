"""Find records."""
