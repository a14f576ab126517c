"""Legal deposit (*e-plikt*): films found, decided, described, delivered to the National Library, answered."""
