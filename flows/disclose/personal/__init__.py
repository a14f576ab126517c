"""Requests of a person about their own data (GDPR)."""
