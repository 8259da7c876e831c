"""What a site knows of its viewers, brought in by file: sorted by viewer first, then kept, step by step."""
