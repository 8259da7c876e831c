"""Text typed while the other keyboard layout was on: "vfnhbwf" for "матрица", "ьфекшч" for "matrix". Pure.

Key by key, the Russian and the US layout of a PC (Windows' KBDRU and KBDUS). Says nothing about which was meant.
"""

from chalicelib.catalog.titles.normalize import is_cyrillic, is_latin

_RUSSIAN = 'ёйцукенгшщзхъфывапролджэячсмитьбю.ЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ,"№;:?'
_ENGLISH = "`qwertyuiop[]asdfghjkl;'zxcvbnm,./~QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>?@#$^&"
_TO_RUSSIAN = str.maketrans(_ENGLISH, _RUSSIAN)
_TO_ENGLISH = str.maketrans(_RUSSIAN, _ENGLISH)


def on_other_layout(text: str) -> str | None:
    """What the same keys write on the other layout; None for a text in both scripts or in neither."""
    if is_cyrillic(text) == is_latin(text):
        return None
    return text.translate(_TO_ENGLISH if is_cyrillic(text) else _TO_RUSSIAN)
