"""Killed at every numbered write, and killed again while recovering: forked children that end at the point."""
