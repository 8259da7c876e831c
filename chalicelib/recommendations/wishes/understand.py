"""From a viewer's own words to a plan of wishes, by rules in Russian and English.

What is surest is taken first: films that others are to be like, then limits, kinds, people; what is left are words.
"""

from chalicelib.catalog.port import Catalog
from chalicelib.catalog.titles.stems import stems_of
from chalicelib.recommendations.wishes.fillers import FILLERS
from chalicelib.recommendations.wishes.kinds import take_kinds
from chalicelib.recommendations.wishes.limits import take_limits
from chalicelib.recommendations.wishes.model import WISHES_MAX, Plan, texts
from chalicelib.recommendations.wishes.names import take_people, take_titles, take_whole_title
from chalicelib.recommendations.wishes.themes import themes
from chalicelib.recommendations.wishes.tokens import Draft

WORDS_WISHES_MAX = 4


def understand(catalog: Catalog, text: str) -> Plan:
    """What is wished, in the order in which it was said; empty where nothing is. No text is an error.

    Raises:
        CatalogUnavailableError: nobody can tell titles and names.
    """
    draft = Draft(text)
    take_whole_title(catalog, draft)
    take_titles(catalog, draft)
    take_limits(draft)
    _take_phrases(draft)
    take_kinds(draft)
    take_people(catalog, draft)
    _take_words(draft)
    return draft.plan[:WISHES_MAX]


def is_whole(plan: Plan) -> bool:
    """Whether the rules have understood all of a request: something of it, and no word but what a theme is called."""
    return bool(plan) and all(stems_of(value) in themes() for value in texts(plan, "words"))


def _take_phrases(draft: Draft) -> None:
    """Themes of several words, whose words may be anything else by themselves: "new year", "time travel"."""
    for place in range(len(draft.tokens)):
        for last in (place + 2, place + 1):
            if draft.are_free(place, last) and draft.stems(place, last) in themes():
                _words_wish(draft, place, last)


def _take_words(draft: Draft) -> None:
    """What is left and says something: themes with all their words, and runs of other words."""
    for first, last in list(draft.runs(FILLERS)):
        place = first
        while place <= last:
            length = next(
                (n for n in range(min(3, last - place + 1), 0, -1) if draft.stems(place, place + n - 1) in themes()), 0
            )
            if length:
                _words_wish(draft, place, place + length - 1)
            place += max(1, length)
    for first, last in list(draft.runs(FILLERS))[:WORDS_WISHES_MAX]:
        _words_wish(draft, first, last)


def _words_wish(draft: Draft, first: int, last: int) -> None:
    draft.wish("words", " ".join(draft.words(first, last)), first, last)
