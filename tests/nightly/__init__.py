"""Tests of flows/nightly."""
