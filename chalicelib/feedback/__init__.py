"""What viewers say about films: likes, dislikes, "more like this", "exclude"."""
