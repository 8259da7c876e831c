"""What talks to the outside: the only files that import its libraries."""
