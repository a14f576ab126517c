"""The morning letter and the month sheet."""
