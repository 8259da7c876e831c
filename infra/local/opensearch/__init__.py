"""A real OpenSearch node on loopback without Docker: Java 17, Maven artifacts, one class to start it."""
