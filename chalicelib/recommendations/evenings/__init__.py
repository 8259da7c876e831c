"""An evening for two: a code, two tastes, ten films that suit both, and one that both say yes to."""
