"""Real servers as fixtures."""
