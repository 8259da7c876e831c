"""Kinosovet: a serverless film recommendation back end."""
