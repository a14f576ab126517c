"""Entries for the register of processing (GDPR 30), from register and plan."""
