"""Letters: confirming an e-mail address, and setting a forgotten password anew (docs/decisions/016-letters.md)."""
