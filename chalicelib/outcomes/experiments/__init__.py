"""Experiments: some viewers get something else, and what that does is counted against everybody else."""
