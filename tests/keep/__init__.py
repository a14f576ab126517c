"""Tests of flows/keep."""
