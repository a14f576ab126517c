"""Tests of packages for an e-archive."""
