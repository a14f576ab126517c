"""What was done, told: the log of one request, the figures of a year."""
