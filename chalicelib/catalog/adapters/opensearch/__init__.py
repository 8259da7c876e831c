"""Opensearch."""
