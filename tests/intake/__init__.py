"""Importing exports, and files brought in by hand."""
