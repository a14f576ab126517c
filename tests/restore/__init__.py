"""The second place and the restore."""
