"""Propose culling. Nothing here destroys."""
