"""The model's picks as votes: they lift a film in the ranked list, they do not stand in front of it. Pure.

A place in the list is worth 1 / (place + 1), a pick's place in the reply `VOTE` of that; the films stand by the sum.
No film rises more than a third of its way to the front, which bounds what a model that knows nothing costs; one that
knows more than chance gains (`python -m tests.bench.votes`; figures in decision 042).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import msgspec

from chalicelib.catalog.model import Film
from chalicelib.recommendations.model import Ground, Pick, RankedFilm, StoredReply, Taste, Why
from chalicelib.recommendations.ranking.taste_guard import kept_share, refuses

# Both chosen on second_last and third_last: the most for a model twice as good as chance among those with which a model
# that knows nothing costs less than 0.002 of HR@10, its standard error taken off (0.3 and half way: 0.003).
VOTE = 0.15  # of what the same place in the list is worth
FADING = 0.8  # of a vote is left with each like given after the question
FADED = 0.05  # a vote below this share of VOTE is none
RISE_MOST = 0.3  # of the way to the front, at most
UNRANKED_PLACE = 24  # what a film that the ranking lacks is bounded by: at best the end of the first page

type DoubtOf = Callable[[Film], float]
"""What the viewer's taste says against a film, see `taste_guard`."""


def voted(
    ranked: Sequence[RankedFilm],
    reply: StoredReply | None,
    reply_films: Mapping[str, Film],
    taste: Taste,
    doubt_of: DoubtOf,
    weight: float = 1.0,
) -> list[RankedFilm]:
    """The ranked films and the reply's in one order; nothing rated, nothing twice. Films that a vote has lifted, or
    that owe it their place, have the ground `model` or `proposal`, and keep the causes that the ranking found.
    `weight`: how much votes count on this site and for this viewer (`outcomes/experiments`)."""
    if reply is None:
        return list(ranked)
    vote = VOTE * weight * freshness(reply, taste)
    if vote < VOTE * FADED:
        return list(ranked)
    place = {one.film.film_id: number for number, one in enumerate(ranked)}
    picks = _accepted(reply.picks, reply_films, taste, place, ranked, doubt_of)
    films = {one.film.film_id: one for one in ranked}
    worth = {film_id: 1 / (number + 1) for film_id, number in place.items()}
    for number, pick in enumerate(picks):
        film = films[pick.film_id].film if pick.film_id in films else reply_films[pick.film_id]
        own = worth.get(pick.film_id, 0.0)
        bound = 1 / ((1 - RISE_MOST) * place.get(pick.film_id, UNRANKED_PLACE) + 1)
        worth[pick.film_id] = max(own, min(own + vote / (number + 1), bound))
        ground: Ground = "proposal" if pick.proposed else "model"
        known = films.get(pick.film_id) or _unranked(film, doubt_of(film))
        why = msgspec.structs.replace(known.why, pick=number + 1) if known.why else None
        films[pick.film_id] = msgspec.structs.replace(known, ground=ground, why=why)
    order = sorted(films, key=lambda film_id: (-worth[film_id], place.get(film_id, len(ranked)), film_id))
    return [films[film_id] for film_id in order]


def _unranked(film: Film, doubted: float) -> RankedFilm:
    """A film that the ranking lacks: nothing speaks for it but the model's vote."""
    return RankedFilm(film=film, score=0.0, doubt=doubted, why=Why(0, 0, 0, 0, kept=round(100 * kept_share(doubted))))


def freshness(reply: StoredReply, taste: Taste) -> float:
    """1 for a reply that knows all likes, less with each that came after it."""
    return FADING ** sum(_after(reply.replied_at, film.rated_at) for film in taste.favoured)


def _after(replied_at: datetime, rated_at: datetime) -> bool:
    return rated_at > replied_at


def _accepted(
    picks: Sequence[Pick],
    reply_films: Mapping[str, Film],
    taste: Taste,
    place: Mapping[str, int],
    ranked: Sequence[RankedFilm],
    doubt_of: DoubtOf,
) -> list[Pick]:
    """The picks that may vote: films the catalogue has, nothing rated, nothing twice, none that the taste refuses."""
    accepted: dict[str, Pick] = {}
    for pick in picks:
        film = reply_films.get(pick.film_id)
        if film is None or pick.film_id in taste.rated or pick.film_id in accepted:
            continue
        doubt = ranked[place[pick.film_id]].doubt if pick.film_id in place else doubt_of(film)
        if not refuses(doubt):
            accepted[pick.film_id] = pick
    return list(accepted.values())
