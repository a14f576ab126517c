"""Tests of the verb ``oversee``."""
