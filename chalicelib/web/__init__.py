"""The page: static files served by the API itself."""
