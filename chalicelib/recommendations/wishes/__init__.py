"""A request in a viewer's own words: what is wished, and which films meet it."""
