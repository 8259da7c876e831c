"""Who is due, what to offer, what GigaChat says of it, and the stored home page."""
