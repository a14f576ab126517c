"""Registers of accounts and persons, marks and holds."""
