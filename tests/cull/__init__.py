"""Culling."""
