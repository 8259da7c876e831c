"""Loads a catalogue of films from a source."""
