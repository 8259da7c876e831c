"""What the model is asked about a new film: once a film, not once a viewer."""
