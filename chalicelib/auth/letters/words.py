"""What the letters say, in the viewer's language. No address of the site is in them, so nothing that a request says of
itself can lead a reader elsewhere: the code is typed, or pasted, where the viewer was."""

from collections.abc import Mapping

from chalicelib.auth.letters.port import Purpose
from chalicelib.language import Language

WORDS: Mapping[Language, Mapping[Purpose, tuple[str, str]]] = {
    "ru": {
        "confirm": (
            "Киносовет: подтвердите адрес",
            "Здравствуйте!\n\nЧтобы подтвердить адрес, введите этот код в разделе «Профиль»:\n\n{code}\n\n"
            "Код действует три дня. Если вы не регистрировались, ничего делать не нужно.\n",
        ),
        "reset": (
            "Киносовет: новый пароль",
            "Здравствуйте!\n\nЧтобы задать новый пароль, введите этот код там, где вы его запросили:\n\n{code}\n\n"
            "Код действует один час и один раз. Если вы его не запрашивали, ничего делать не нужно: пароль прежний.\n",
        ),
    },
    "en": {
        "confirm": (
            "Kinosovet: confirm your address",
            "Hello,\n\nto confirm your address, enter this code in your profile:\n\n{code}\n\n"
            "It is good for three days. If you did not register, there is nothing to do.\n",
        ),
        "reset": (
            "Kinosovet: a new password",
            "Hello,\n\nto set a new password, enter this code where you asked for it:\n\n{code}\n\n"
            "It is good for one hour, and once. If you did not ask, there is nothing to do.\n",
        ),
    },
}
"""Subject and text by language and purpose; the text has `{code}` on a line of its own."""
