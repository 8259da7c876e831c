"""A viewer asks in their own words: what was understood, and the catalogue's films that meet it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Literal

import msgspec

from chalicelib.catalog.model import Card, Film, card_of
from chalicelib.catalog.port import Catalog
from chalicelib.catalog.titles.match import match_titles
from chalicelib.catalog.titles.mentions import Mention
from chalicelib.feedback.model import Feedback, FeedbackStore
from chalicelib.language import Language
from chalicelib.recommendations.model import State, Taste
from chalicelib.recommendations.ranking import content_similarity
from chalicelib.recommendations.ranking.taste import taste_of
from chalicelib.recommendations.wishes.carrying_out import Found, carry_out
from chalicelib.recommendations.wishes.meaning import FindNear
from chalicelib.recommendations.wishes.model import Plan, Wish, check
from chalicelib.recommendations.wishes.names import likeliest, titled
from chalicelib.recommendations.wishes.reasons import reason
from chalicelib.recommendations.wishes.texts import Better
from chalicelib.recommendations.wishes.understand import is_whole, understand

TASTE_FILMS = 40  # heaviest liked films that order what was found: the others weigh less than a tenth of the first

type Source = Literal["gigachat", "search"]
type FindBetter = Callable[[str, Sequence[Feedback]], Better]
"""A better plan for a text than the rules', of a viewer with this feedback (`texts.find_better`)."""


class AskedFilm(Card, frozen=True, kw_only=True):
    """A card that says which wishes the film meets."""

    source: Source
    reason: str


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Films that meet all of `understood`; `dropped` are wishes that were let go because no film meets them with the
    others, or the catalogue does not hold the film they name. `source`: who made the plan; `state`: `updating` while
    the model makes a better one, `waiting` while it cannot be asked yet."""

    films: tuple[AskedFilm, ...]
    understood: tuple[Wish, ...]
    dropped: tuple[Wish, ...]
    source: Source
    state: State


def answer_words(
    catalog: Catalog,
    feedback: FeedbackStore,
    user_id: str,
    text: str,
    language: Language,
    limit: int,
    now: datetime,
    find_better: FindBetter = lambda _, __: Better(),
    find_near: FindNear = lambda _: (),
) -> Answer:
    """The answer to a text: by the rules at once, by the model's plan where there is one that some film meets. Nonsense
    gets an empty one, and where words have a meaning by now the films nearest to it.

    Raises:
        CatalogUnavailableError: the catalogue does not answer.
    """
    rules, said = understand(catalog, text), feedback.list_all(user_id)
    better = Better() if is_whole(rules) or not text.strip() else find_better(text, said)
    if better.plan:
        answer = _answer(catalog, said, _seen(catalog, better.plan), language, limit, now, "gigachat", find_near)
        if answer.films:
            return answer
    answer = _answer(catalog, said, rules, language, limit, now, "search", find_near)
    return msgspec.structs.replace(answer, state=better.state)


def _seen(catalog: Catalog, plan: Plan) -> Plan:
    """The plan without films that this viewer may not see: it was made for everybody."""
    named = [wish for wish in plan if wish.kind in ("like", "unlike")]
    matches = match_titles(catalog, [Mention(str(wish.value), None) for wish in named]) if named else []
    films = {wish: likeliest(match) for wish, match in zip(named, matches, strict=True)}
    return tuple(wish for wish in plan if wish not in films or ((film := films[wish]) and titled(film) == wish.value))


def answer_plan(
    catalog: Catalog,
    feedback: FeedbackStore,
    user_id: str,
    plan: Plan,
    language: Language,
    limit: int,
    now: datetime,
    find_near: FindNear = lambda _: (),
) -> Answer:
    """The answer to a plan, as a client sends one back. No film that the user has feedback on is ever in it.

    Raises:
        InvalidInputError: a wish's value is of the wrong kind.
        CatalogUnavailableError: the catalogue does not answer.
    """
    check(plan)
    return _answer(catalog, feedback.list_all(user_id), plan, language, limit, now, "search", find_near)


def _answer(
    catalog: Catalog,
    said: Sequence[Feedback],
    plan: Plan,
    language: Language,
    limit: int,
    now: datetime,
    source: Source,
    find_near: FindNear,
) -> Answer:
    taste = taste_of(said, now)
    found = carry_out(catalog, plan, taste.rated, partial(in_order_of_taste, catalog, taste), limit, find_near(plan))
    films = tuple(
        card_of(AskedFilm, film, language, source="search", reason=_reason(film, found, language))
        for film in found.films
    )
    return Answer(films=films, understood=found.kept, dropped=found.dropped, source=source, state="fresh")


def _reason(film: Film, found: Found, language: Language) -> str:
    return reason(film, found.kept, language, is_alike=film.film_id in found.alike)


def in_order_of_taste(catalog: Catalog, taste: Taste, films: Sequence[Film]) -> list[Film]:
    """The films by their likeness to what the viewer likes: genres, people, era. Empty where nothing is known of it."""
    heaviest = taste.positive[:TASTE_FILMS]
    if not heaviest or not films:
        return []
    known = catalog.get_many([film.film_id for film in heaviest])
    rarity = content_similarity.rarity_of_traits(films)
    liked = [(known[film.film_id], film.weight) for film in heaviest if film.film_id in known]
    profile = content_similarity.profile_of(liked, rarity)
    vectors = content_similarity.vectors_of(films, rarity)
    eras = content_similarity.era_affinities(profile, (film.year for film in films))
    worth = {
        film.film_id: content_similarity.similarity(profile.traits, vectors[film.film_id])
        * content_similarity.era_share(eras[film.year])
        for film in films
    }
    return sorted(films, key=lambda film: (-worth[film.film_id], film.film_id))
