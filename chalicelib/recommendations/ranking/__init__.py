"""Taste and candidates to a ranked list. Pure: no I/O, no step, no other engine."""
