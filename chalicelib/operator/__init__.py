"""What the one who runs the site asks of it: what became of the advice, what it costs, who waits."""
