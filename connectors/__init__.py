"""Neighbours: bytes and protocols, no rules."""
