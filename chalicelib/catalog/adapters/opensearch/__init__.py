"""The catalogue in OpenSearch, for more than 100,000 films."""
