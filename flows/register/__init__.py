"""Registration (*diarieföring*): candidates, the registrar's decision, packages to the registry, diary numbers."""
