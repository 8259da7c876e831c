"""Why a film is there for both, as one plain sentence, the same for both. Pure.

What comes from the catalogue stands in the nominative, as in the home page's reasons.
"""

from collections.abc import Mapping, Sequence

from chalicelib.language import Language
from chalicelib.recommendations.evenings.model import CommonFilm
from chalicelib.recommendations.ranking.reason_words import genre_word, joined

_BOTH: Mapping[Language, str] = {"en": "What you both like: {}", "ru": "То, что нравится обоим: {}"}
_APART: Mapping[Language, str] = {
    "en": "For one of you {}, for the other {}",
    "ru": "Для одного — {}, для другого — {}",
}
_ONE: Mapping[Language, str] = {
    "en": "For one of you {}, for the other something new",
    "ru": "Для одного — {}, для другого — что-то новое",
}
_NEITHER: Mapping[Language, str] = {
    "en": "Neither of you has rated it yet",
    "ru": "Ещё не оценён ни одним из вас",
}


def reason(film: CommonFilm, language: Language) -> str:
    """Never empty, and never a film, a person or a dislike of either: genres of this film alone."""
    if both := _worded(film.both, language):
        return _BOTH[language].format(joined(both, language))
    alone = _worded([one for one in (film.one, film.other) if one], language)
    if len(alone) > 1:
        return _APART[language].format(*alone)
    return _ONE[language].format(alone[0]) if alone else _NEITHER[language]


def _worded(genres: Sequence[str], language: Language) -> list[str]:
    return [word for genre in genres if (word := genre_word(genre, language))]
