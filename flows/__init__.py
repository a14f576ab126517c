"""Verbs: one folder per act. The command line is flows/__main__.py."""
