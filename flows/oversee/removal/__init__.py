"""Taking away from a page: the copy first, then the act, then what was observed."""
