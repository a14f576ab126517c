"""Evidence: ledger export, integrity of the archive."""
