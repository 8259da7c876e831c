"""Builds the package, renders the template and brings the stack into an account."""
