"""The languages viewers are served in. At the bottom of the house, so that every package may import it."""

from typing import Literal

type Language = Literal["ru", "en"]

LANGUAGES: tuple[Language, ...] = ("ru", "en")
