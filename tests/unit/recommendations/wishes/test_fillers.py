"""Words that are no wish hide none."""

from chalicelib.recommendations.wishes.fillers import FILLERS, PERSON_CUES


def test_words_of_any_request_are_known_in_both_languages() -> None:
    assert {"фильм", "хочу", "movie", "watch"} <= FILLERS
    assert {"с", "режиссер", "with", "directed"} <= PERSON_CUES
    assert FILLERS.isdisjoint({"комедия", "comedy", "ограбление", "советский"})
