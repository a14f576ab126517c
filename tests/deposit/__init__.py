"""Tests of legal deposit."""
