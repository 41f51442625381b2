"""The domain: cards, zones, sources, catalogs. Knows nothing of Flask, pages or terminals."""
