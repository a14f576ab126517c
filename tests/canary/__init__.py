"""The canary: marks in everything that is culled, and a scan of every byte that is left."""
