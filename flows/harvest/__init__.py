"""Harvest accounts into the archive."""
