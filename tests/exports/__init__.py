"""Generators of exports in their real layout, one per format: ``make(folder, world)`` writes one and returns its path."""
