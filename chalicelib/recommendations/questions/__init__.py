"""When a viewer's taste may be put to the model, and how many may at once."""
