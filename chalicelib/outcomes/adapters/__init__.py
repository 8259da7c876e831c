"""What talks to the outside: a table, a queue, files."""
