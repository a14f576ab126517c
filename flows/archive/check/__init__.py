"""Check of any E-ARK or FGS package: structure, METS, fixity, schemas."""
