"""Benches: each ends with one JSON object."""
