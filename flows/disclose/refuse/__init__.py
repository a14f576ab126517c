"""A no, its written decision and the appeal."""
