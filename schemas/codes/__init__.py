"""Rule codes with their Swedish and English sentences."""
