"""Languages of the pages: locales, UI strings, negotiation, and the catalogs' upkeep."""
