"""From ranked films and the model's reply to a published list. Compare-and-swap: the loser starts over."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from chalicelib.catalog.model import Film, FilmCard, part_of
from chalicelib.feedback.model import Feedback
from chalicelib.recommendations.llm.reply import plain_reason
from chalicelib.recommendations.model import RankedFilm, StoredFilm, StoredList, StoredReply, Taste, TasteFilm
from chalicelib.recommendations.ranking import model_words
from chalicelib.recommendations.ranking.constants import BECAUSE_MAX

TASTE_SENTENCES_MIN = 2  # one alone tells less than our own three
MOVED_SHARE = 0.5


def made_of(feedback: Sequence[Feedback], reply: StoredReply | None, resting: Iterable[str] = ()) -> str:
    """What a list of all this feedback (in any order) and this reply is made of, and which films make room in it: 16
    characters, others for any other word, reply or film. It tells whether a list is due, where clocks could not."""
    words = sorted(f"{one.film_id} {one.rating} {one.steer} {one.updated_at.timestamp()}" for one in feedback)
    words += [f"{film_id} rests" for film_id in sorted(resting)]
    return hashlib.sha256("|".join([reply.question_key if reply else "", *words]).encode()).hexdigest()[:16]


def stored_list(
    ranked: Sequence[RankedFilm],
    reply: StoredReply | None,
    taste: Taste,
    version: int,
    read_at: datetime,
    seen_until: datetime,
    now: datetime,
    known: Mapping[str, Film],
    made_of: str = "",
    arms: str = "",
) -> StoredList:
    """The list as it is stored: film cards in all languages, the model's words where they are true by the catalogue,
    and the titles of the causes. `known` are the liked films as the catalogue has them."""
    liked = taste.favoured
    # Judged again: what was stored before a rule came has not met it.
    given = {pick.film_id: plain_reason(pick.reason, reply.language) for pick in reply.picks} if reply else {}
    reasons = {
        one.film.film_id: said
        for one in ranked
        if (said := given.get(one.film.film_id)) and model_words.hold(said, one.film, liked, known)
    }
    # A film whose reason names a liked one stands in that one's row.
    ranked = [_led_by(one, model_words.named_liked(reasons.get(one.film.film_id, ""), liked)) for one in ranked]
    films = tuple(
        stored_film(one, reasons.get(one.film.film_id), reply, place) for place, one in enumerate(ranked, start=1)
    )
    of_taste = _said_of_taste(reply, liked, known) if reply else ()
    named = {film_id for film in films for film_id in film.because}
    titles = {film.film_id: film.titles for film in liked if film.film_id in named}
    return StoredList(
        version=version,
        generated_at=now,
        read_at=read_at,
        seen_until=seen_until,
        taste_hash=taste.taste_hash,
        films=films,
        because_titles=titles,
        judged=len(taste.rated),
        made_of=made_of,
        arms=arms,
        prompt_version=reply.prompt_version if reply else "",
        taste=of_taste,
        taste_language=reply.language if reply and of_taste else None,
    )


def _said_of_taste(reply: StoredReply, liked: Sequence[TasteFilm], known: Mapping[str, Film]) -> tuple[str, ...]:
    """The model's sentences that are true of the films liked now; none where the likes have moved much since."""
    if _has_moved(reply, len(liked)):
        return ()
    plain = (one for one in reply.taste if plain_reason(one, reply.language))
    said = tuple(one for one in plain if model_words.hold_of_taste(one, liked, known))
    return said if len(said) >= TASTE_SENTENCES_MIN else ()


def _has_moved(reply: StoredReply, likes: int) -> bool:
    """Whether the viewer likes by half more films, or by half less, than the model was told of."""
    return abs(likes - reply.likes) > reply.likes * MOVED_SHARE


def _led_by(one: RankedFilm, named: Sequence[TasteFilm]) -> RankedFilm:
    if one.ground not in ("model", "proposal") or not named:
        return one
    because = dict.fromkeys([*(film.film_id for film in named), *one.because])
    return msgspec.structs.replace(one, because=tuple(because)[:BECAUSE_MAX])


def stored_film(
    one: RankedFilm, reason: str | None = None, reply: StoredReply | None = None, place: int = 0
) -> StoredFilm:
    """The place of a list with this number; `reason` counts for the model's picks only."""
    own_words = reason if one.ground in ("model", "proposal") else None
    return StoredFilm(
        card=part_of(FilmCard, one.film),
        ground=one.ground,
        because=one.because,
        reason=own_words,
        reason_language=reply.language if own_words and reply else None,
        why=msgspec.structs.replace(one.why, rose=one.place - place) if one.why else None,
    )
