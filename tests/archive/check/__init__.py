"""Tests of the check of packages."""
