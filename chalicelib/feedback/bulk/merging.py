"""What several words of one viewer on one film come to, and what they change of the one that is held. Pure.

Whatever order files come in, and however often, the same words come to the same.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from chalicelib.feedback.bulk.rows import Word
from chalicelib.feedback.model import CONTRARY, Feedback, Rating, Steer


class Said(NamedTuple):
    """All that was said of a film, and when the last of it was. `implied`: the rating follows from what they did."""

    rating: Rating | None
    steer: Steer | None
    at: datetime
    implied: bool = False
    saved: bool = False  # on the watchlist, by any word: a file takes nothing off it


def said_by(words: Iterable[Word]) -> Mapping[str, Said]:
    """By film what one viewer's words come to: in the order of their times, an absent field keeps what was said, and
    what was said counts before what was done."""
    by_film: dict[str, Said] = {}
    for word in sorted(words, key=lambda word: (word.implied, word.at, word.row)):
        new = Said(word.rating, word.steer, word.at, word.implied, word.saved)
        held = by_film.get(word.film_id)
        by_film[word.film_id] = together(held, new) if held else new
    return by_film


def said_of(item: Feedback) -> Said:
    """What is held of a film."""
    return Said(item.rating, item.steer, item.given_at, saved=item.is_saved)


def together(held: Said, new: Said) -> Said:
    """What both come to; once more with the same `new`, the same again."""
    return _judged_together(held, new)._replace(saved=held.saved or new.saved)


def _judged_together(held: Said, new: Said) -> Said:
    if new.implied and new.steer is None:
        return _with_done(held, new)
    if new.at > held.at:
        keeps = new.rating is None or (new.implied and held.rating is not None)
        rating, steer = held.rating if keeps else new.rating, new.steer or held.steer
        if (rating, steer) in CONTRARY:
            rating, steer = (_beside(steer, new.rating), steer) if new.steer else (rating, None)
        return Said(rating, steer, new.at, new.implied and not keeps)
    rating, steer = held.rating or new.rating, held.steer or new.steer
    return held if (rating, steer) in CONTRARY else held._replace(rating=rating, steer=steer)


def _beside(steer: Steer | None, rating: Rating | None) -> Rating | None:
    """The rating, unless the steer says the contrary."""
    return None if (rating, steer) in CONTRARY else rating


def _with_done(held: Said, new: Said) -> Said:
    """What was done says something where nothing was said; a film that was only known may turn out to be liked."""
    if (new.rating, held.steer) in CONTRARY:
        return held
    if held.rating is None:
        return held._replace(rating=new.rating, implied=True)
    if (held.rating, new.rating) == ("seen", "like"):
        return held._replace(rating="like", at=max(held.at, new.at), implied=True)
    return held
