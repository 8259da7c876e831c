"""The weekly letter: three films for the weekend, to whoever has asked for it (docs/decisions/090-weekly-letter.md)."""
