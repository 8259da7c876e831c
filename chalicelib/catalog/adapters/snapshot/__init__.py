"""The embedded catalogue: an immutable SQLite file, built by the loader and read by every worker."""
