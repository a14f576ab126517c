"""Migrations of the state database, run when it is opened."""
