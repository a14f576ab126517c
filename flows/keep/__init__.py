"""Keep files: append, replace, recover. The ground under all other verbs."""
