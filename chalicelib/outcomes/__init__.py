"""What becomes of the advice: what viewers were shown, what they did with it, and how often, by who advised it."""
