"""What a request is about is looked for, and the result is frozen."""
