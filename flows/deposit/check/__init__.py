"""Check of deliveries to KB: FGS-PUBL, one ``sip.xml``, a package, or a whole delivery."""
