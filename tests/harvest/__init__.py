"""Tests of flows/harvest."""
