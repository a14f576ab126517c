"""Tests of what advertisements cost."""
