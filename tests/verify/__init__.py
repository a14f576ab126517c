"""Tests of verification and the ledger's export."""
