"""Packages for an e-archive: what is to go, how it is described, how it is built."""
