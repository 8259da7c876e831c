"""Accounts, sign-in, access and refresh tokens, the authorizer."""
