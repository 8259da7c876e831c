"""Viewers who have no account here: of the issuers that a site trusts, and of its own servers."""
