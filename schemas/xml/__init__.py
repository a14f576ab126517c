"""One writer and reader per document."""
