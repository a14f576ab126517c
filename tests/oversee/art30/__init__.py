"""Tests of the entries in the register of processing."""
