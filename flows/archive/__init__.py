"""Write record documents of what is preserved."""
