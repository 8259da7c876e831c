"""What happens to what is held of a viewer: shown, deleted, and the little that outlives a deletion."""
