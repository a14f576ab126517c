"""Tests of removals and blocks."""
