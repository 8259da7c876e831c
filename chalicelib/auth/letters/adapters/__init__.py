"""Where codes are kept, and how letters leave."""
