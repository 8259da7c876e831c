"""Kinosovet: a serverless film recommendation back end."""

__version__ = "0.2.0"
