"""Taking in what a platform handed over as an export, or what a person brings in by hand."""
