"""Bring a restored backup to what its second place knows, before anything of it is readable."""
