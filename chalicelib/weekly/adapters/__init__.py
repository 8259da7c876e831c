"""Where subscribers are kept, and where an issue waits."""
