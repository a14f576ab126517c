"""One suite per port, every implementation."""
