"""What the structure promises."""
