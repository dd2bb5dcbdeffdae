"""How the API words the racing, version by version; only plain values leave it."""
