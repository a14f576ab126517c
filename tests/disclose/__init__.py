"""Tests of flows/disclose."""
