"""Nouns: pure values and what each knows about itself. No network, no clock, no Prefect."""
