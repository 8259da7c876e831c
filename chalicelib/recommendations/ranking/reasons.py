"""One plain sentence that says why a film is in the list, in the viewer's language: whole on a card. Pure."""

import re
from collections.abc import Sequence

from chalicelib.catalog.model import Titles
from chalicelib.language import Language
from chalicelib.recommendations.model import Ground

CARD_CHARACTERS_MAX = 90  # what a card shows without cutting
_QUOTED = re.compile(r"[«“„\"]([^«»“”„\"]+)[»”“\"]")

_WITHOUT_TITLES: dict[Ground, dict[Language, str]] = {
    "popular": {"en": "One of the best films by IMDb rating", "ru": "Один из лучших фильмов по рейтингу IMDb"},
    "surprise": {"en": "Something different from your usual films", "ru": "Нечто непохожее на ваши обычные фильмы"},
}
_FOR_YOU: dict[Language, str] = {"en": "Picked for you", "ru": "Подобрано для вас"}


def sentence(ground: Ground, because_titles: Sequence[str], language: Language) -> str:
    """ "Because you liked X and Y". `because_titles` are the causes' titles in the viewer's language, strongest first;
    as many of the first three are named as a card shows whole. Without titles the ground speaks for itself."""
    fixed = _WITHOUT_TITLES.get(ground)
    if fixed is not None:
        return fixed[language]
    if not because_titles:
        return _FOR_YOU[language]
    for count in (3, 2, 1):
        said = _because(ground, because_titles[:count], language)
        if len(said) <= CARD_CHARACTERS_MAX:
            return said
    return _FOR_YOU[language]


def names_known(reason: str, titles: Sequence[Titles]) -> bool:
    """Whether each name that the model's words quote is a title of one of these films, in any language."""
    known = {title.casefold() for one in titles for title in one.all()}
    return all(name.strip(" .,").casefold() in known for name in _QUOTED.findall(reason))


def _because(ground: Ground, because_titles: Sequence[str], language: Language) -> str:
    names = _joined(because_titles, language)
    if ground == "steer":
        return f"More like {names}, as you asked" if language == "en" else f"Похоже на {names}, как вы просили"
    if language == "en":
        return f"Because you liked {names}"
    if len(because_titles) == 1:
        return f"Потому что вам понравился фильм {names}"
    return f"Потому что вам понравились {names}"


def _joined(titles: Sequence[str], language: Language) -> str:
    """X, Y and Z; «X», «Y» и «Z»."""
    names = list(titles) if language == "en" else [f"«{title}»" for title in titles]
    if len(names) == 1:
        return names[0]
    return f"{', '.join(names[:-1])} {'and' if language == 'en' else 'и'} {names[-1]}"
