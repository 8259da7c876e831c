"""A real Trino on this machine, for the suite that compares engines."""
