"""What the language model is asked, what of its reply is accepted, and what it costs."""
