"""Commands for whoever runs a stack, or means to."""
