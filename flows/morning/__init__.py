"""The morning: the newest is harvested, the watch looks, the letters go out."""
