"""Films: search, look-up, similar films, title matching and the IMDb top list."""
