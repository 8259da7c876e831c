"""Every figure of the ranking on films of every kind, as it was when last looked at: see `tests/kept`."""

import itertools
import random
from collections.abc import Sequence
from datetime import timedelta
from functools import cache, partial
from typing import Any

import msgspec
import pytest

from chalicelib.catalog.model import Film
from chalicelib.feedback.model import Feedback
from chalicelib.recommendations.model import Pick, RankedFilm, StoredFilm, StoredList, StoredReply, Taste
from chalicelib.recommendations.ranking.candidates import Candidates, collect
from chalicelib.recommendations.ranking.cold_start import top_spread, with_places_for
from chalicelib.recommendations.ranking.diversity import spread
from chalicelib.recommendations.ranking.more_like_this import fresh_steers, with_more_of_their_kind
from chalicelib.recommendations.ranking.offered import for_model
from chalicelib.recommendations.ranking.premieres import Answer, answers_to_drawn, with_drawn
from chalicelib.recommendations.ranking.reasons import Told, card_reasons, long_reason
from chalicelib.recommendations.ranking.scoring import Ranking, guard_for, rank, rank_both, score_parts
from chalicelib.recommendations.ranking.seen_at_once import answering
from chalicelib.recommendations.ranking.taste import taste_of, without_steers
from chalicelib.recommendations.ranking.taste_guard import doubt, refuses
from chalicelib.recommendations.ranking.ties import ties_between
from chalicelib.recommendations.ranking.votes import voted
from chalicelib.recommendations.ranking.weights import (
    VIEWERS_LEAST,
    Fit,
    fitted,
    gain_of,
    measured,
    question_of,
    sizes_of,
)
from chalicelib.recommendations.site_model import SiteWeights
from tests.factories import NOW, feedback_with
from tests.fakes import FakeCatalog
from tests.kept import assert_kept
from tests.various_films import learned_of, various_films

FILMS = various_films()
CATALOG = FakeCatalog(FILMS)
NUMBER = {one.film_id: number for number, one in enumerate(FILMS)}
OWN = SiteWeights(near=0.9, steady=0.3, whole=0.25, era=0.8, content=0.7, popularity=0.05, recent=0.2)
LEARNED = {
    "own weights": learned_of(FILMS, OWN, told=9),
    "as at the start": msgspec.structs.replace(learned_of(FILMS, SiteWeights()), few=None, likes_of=None),
}
WORDS: dict[str, dict[str, Any]] = {"l": {"rating": "like"}, "d": {"rating": "dislike"},
"m": {"steer": "more_like_this"},
         "x": {"steer": "exclude"}, "s": {"saved_at": NOW}}  # fmt: skip
TASTES = {  # the newest word first
    "nothing": "", "one like": "l", "likes alone": "llllllll", "a dislike": "ldl", "one steer": "mlll",
    "an old steer": "llllllmll", "less like this": "xllmlld", "all words": "lxdmsllxddmlllslll",
    "many likes": "l" * 24 + "d" * 3, "a long history": "lml" + "ld" * 30 + "x" * 8,
}  # fmt: skip


def words_of(name: str) -> list[Feedback]:
    said = TASTES[name]
    chosen = random.Random(len(said)).sample(FILMS, len(said))
    return [
        feedback_with(film_id=film.film_id, title=film.titles.main, year=film.year,
                      updated_at=NOW - timedelta(hours=7 * place), **WORDS[word])
        for place, (word, film) in enumerate(zip(said, chosen, strict=True))
    ]  # fmt: skip


@cache
def taste(name: str) -> Taste:
    return taste_of(words_of(name), NOW)


@cache
def candidates(name: str, site: str = "own weights") -> Candidates:
    return collect(taste(name), CATALOG, lambda _: LEARNED[site])


@cache
def ranking(name: str, site: str = "own weights") -> Ranking:
    return rank_both(taste(name), candidates(name, site), 150)


def row(one: RankedFilm) -> list[object]:
    why = list(msgspec.structs.astuple(one.why)) if one.why else []
    return [NUMBER[one.film.film_id], one.score, one.ground, [NUMBER[cause] for cause in one.because], one.doubt, why]


def numbers(films: Sequence[RankedFilm]) -> list[int]:
    return [NUMBER[one.film.film_id] for one in films]


def held(films: Sequence[RankedFilm], minutes_ago: float) -> StoredList:
    """A list that the viewer sees, made so long ago."""
    moment = NOW - timedelta(minutes=minutes_ago)
    stored = tuple(
        StoredFilm(
            card=one.film, ground=one.ground, because=one.because, reason=None, reason_language=None, why=one.why
        )
        for one in films
    )
    return StoredList(version=1, generated_at=moment, read_at=moment, seen_until=moment, taste_hash="", films=stored,
                      because_titles={})  # fmt: skip


@pytest.mark.parametrize("site", LEARNED)
def test_scores_and_their_parts_are_those_kept(site: str) -> None:
    found: dict[str, object] = {}
    for name in TASTES:
        parts = score_parts(taste(name), candidates(name, site))
        for part in next(iter(parts.values())).__struct_fields__:
            values = [getattr(one, part) for one in parts.values()]
            found[f"{name}: {part}"] = [sum(values), max(values), sum(value * value for value in values)]
        both = ranking(name, site)
        found[f"{name}: first"] = [row(one) for one in both.films[:12]]
        found[f"{name}: order"] = numbers(both.films)
        found[f"{name}: premieres"] = numbers(both.premieres)
    assert_kept(f"ranking, {site}", found)


def test_candidates_and_tastes_are_those_kept() -> None:
    found: dict[str, object] = {}
    for name in TASTES:
        own, pool = taste(name), candidates(name)
        found[f"{name}: taste"] = [
            [kind, [[NUMBER[one.film_id], one.weight, one.steady_weight] for one in getattr(own, kind)]]
            for kind in ("liked", "steered", "disliked", "excluded", "positive", "negative")
        ]
        found[f"{name}: hash"] = own.taste_hash
        found[f"{name}: without steers"] = [NUMBER[one.film_id] for one in without_steers(own).positive]
        found[f"{name}: pool"] = [NUMBER[one] for one in pool.films]
        found[f"{name}: similar, top, premieres"] = [
            sum(NUMBER[one] for one in pool.similar), sum(NUMBER[one] for one in pool.top),
            {NUMBER[one]: likes for one, likes in pool.premieres.items()},
        ]  # fmt: skip
        for kind in ("near", "steady", "whole", "against"):
            values = getattr(pool, kind)
            found[f"{name}: {kind}"] = [len(values), sum(values.values()), sum(v * v for v in values.values())]
        guard = guard_for(own, pool)
        found[f"{name}: guard"] = [guard.voice, guard.floor, guard.family, sum(guard.absent_weight.values()),
                                   *(doubt(guard, film) for film in FILMS[:60])]  # fmt: skip
    assert_kept("ranking candidates", found)


def test_what_is_made_of_a_ranked_list_is_as_kept() -> None:
    found: dict[str, object] = {}
    for name in TASTES:
        own, pool, both = taste(name), candidates(name), ranking(name)
        page = both.films[:100]
        found[f"{name}: spread"] = [[NUMBER[one.film.film_id], one.ground] for one in spread(page, own, 2, 0.05)[:45]]
        found[f"{name}: spread wide"] = numbers(spread(page[:50], own, 1, 0.1))
        found[f"{name}: for the model"] = numbers(for_model(both.films, own, 45))
        found[f"{name}: for a small model"] = numbers(for_model(both.films[:30], own, 30))
        found[f"{name}: drawn"] = [
            [NUMBER[one.film.film_id], place, one.why and one.why.chance]
            for seed in ("a", "b", "c", "d") for spares in (False, True)
            for place, one in enumerate(with_drawn(page, both.premieres, f"{name}{seed}", 2, spares_first_page=spares))
            if one.why and one.why.chance
        ]  # fmt: skip
        if steered := fresh_steers(own, pool):
            plain = rank(without_steers(own), pool, 150)
            found[f"{name}: more of their kind"] = [
                [NUMBER[one.film.film_id], bool(one.why and one.why.promised)]
                for one in with_more_of_their_kind(both.films, plain, steered, pool)[:40]
            ]
        for minutes in (1, 500, 1_500):
            before = held(ranking("likes alone").films[:30], minutes)
            answered = answering(both.films, before, own, pool.known, 2)
            found[f"{name}: answering a list {minutes} minutes old"] = numbers(answered[:25])
    assert_kept("ranked lists", found)


def test_votes_are_counted_as_kept() -> None:
    found: dict[str, object] = {}
    for name in TASTES:
        own, both = taste(name), ranking(name)
        ranked = both.films[:90]
        picked = [*ranked[40:44], ranked[2], *both.films[100:103], ranked[40]]
        for hours, weight in ((0, 1.0), (3, 1.0), (30, 2.0), (200, 1.0)):
            reply = StoredReply(
                taste_hash="", replied_at=NOW - timedelta(hours=hours), language="en", prompt_version="", tokens=1,
                question_key="", picks=tuple(Pick(film_id=one.film.film_id, reason="", proposed=number % 2 == 1)
                                             for number, one in enumerate(picked)),
            )  # fmt: skip
            films = {one.film.film_id: one.film for one in picked}
            guard = guard_for(own, candidates(name))
            lifted = voted(ranked, reply, films, own, partial(doubt, guard), weight)
            found[f"{name}: {hours} hours, {weight}"] = [
                [place, *row(one)[:3], *row(one)[4:]] for place, one in enumerate(lifted)
                if one.ground in ("model", "proposal")
            ]  # fmt: skip
    assert_kept("votes", found)


def test_reasons_are_worded_as_kept() -> None:
    found: dict[str, object] = {}
    for name in ("one like", "one steer", "all words"):
        both, pool = ranking(name), candidates(name)
        known = pool.known | pool.films
        for language in ("ru", "en"):
            told = [
                Told(card=one.film, ground="surprise" if place % 9 == 8 else one.ground,
                     causes=tuple(known[cause].titles.in_language(language) for cause in one.because),
                     ties=tuple(ties_between(one.film, known[one.because[0]])) if one.because else (),
                     own_words="In the model's words." if place % 7 == 6 else "")
                for place, one in enumerate(both.films[:60])
            ]  # fmt: skip
            found[f"{name}: cards, {language}"] = [[text] for text in card_reasons(told, language)]
            found[f"{name}: at length, {language}"] = [[long_reason(one, language)] for one in told[:30]]
    assert_kept("reasons", found)


def test_what_ties_two_films_is_as_kept() -> None:
    pairs: list[tuple[Film, Film]] = list(itertools.pairwise(FILMS))
    told = {f"{NUMBER[a.film_id]} and {NUMBER[b.film_id]}": [[*msgspec.structs.astuple(tie), tie.is_weak]
            for tie in ties_between(a, b)] for a, b in pairs[:120]}  # fmt: skip
    assert_kept("ties", told)


def test_a_first_page_without_a_taste_is_as_kept() -> None:
    top = CATALOG.top(70)
    mixed = with_places_for(FILMS[:8], top, 5)
    found = {
        "with places": [NUMBER[one.film_id] for one in mixed],
        "every third": [NUMBER[one.film_id] for one in with_places_for(FILMS[:40], top, 3)],
        "spread": [[NUMBER[one.film.film_id], one.score] for one in top_spread(mixed, {FILMS[3].film_id}, 50)],
    }
    assert_kept("cold start", found)


def test_answers_to_drawn_films_are_told_with_their_chances() -> None:
    both = ranking("nothing")
    drawn = [one for one in with_drawn(both.films[:100], both.premieres, "seed", 2) if one.why and one.why.chance]
    assert len(drawn) == 5
    kinds: tuple[dict[str, Any], ...] = (WORDS["l"], WORDS["m"], WORDS["d"], WORDS["x"], WORDS["s"])
    said = [feedback_with(film_id=one.film.film_id, title="", updated_at=NOW, **kind)
            for one, kind in zip(drawn, kinds, strict=True)]  # fmt: skip
    answers = answers_to_drawn(held(both.films[:10] + drawn, 1), taste_of(said, NOW))
    words = ("liked", "steered", "disliked", "excluded", "saved")
    assert answers == [Answer(one.film.film_id, word, one.why.chance if one.why else 0)
                       for one, word in zip(drawn, words, strict=True)]  # fmt: skip


def test_weights_are_fitted_as_kept() -> None:
    few, lot = FILMS[:100], random.Random(8)
    catalog, learned = FakeCatalog(few), learned_of(few, OWN)
    viewers = []
    for number in range(44):
        liked = lot.sample(few, lot.choice((2, 4, 9)))
        said = [feedback_with(film_id=one.film_id, title="", year=one.year, rating="like" if place % 4 else "dislike",
                              updated_at=NOW - timedelta(hours=place)) for place, one in enumerate(liked,
                              1)]  # fmt: skip
        own = taste_of(said, NOW)
        parts = score_parts(own, collect(own, catalog, lambda _: learned))
        shown = [one for one in parts if not refuses(parts[one].doubt)]
        best = sorted(shown, key=lambda one: -parts[one].whole - parts[one].recent)
        viewers.append((parts, best[number % 12] if number % 11 else "not a candidate"))
    sizes = sizes_of(parts for parts, _ in viewers)
    questions = [question_of(parts, liked_next) for parts, liked_next in viewers]
    fit = fitted(questions, sizes, SiteWeights())
    assert isinstance(fit, Fit)
    known = [one for one in questions if one.found]
    assert fitted(known[: VIEWERS_LEAST - 1], sizes, SiteWeights()) is None
    of_few = fitted(known[:VIEWERS_LEAST], sizes, SiteWeights(), 0.0)
    assert isinstance(of_few, Fit)
    found = {
        "sizes": sizes,
        "fitted": [msgspec.to_builtins(fit.weights), fit.gain, fit.hit_rate],
        "of thirty, by any gain": [msgspec.to_builtins(of_few.weights), of_few.gain, of_few.hit_rate],
        "at the start": measured(questions, SiteWeights()),
        "gains by place": [gain_of(place) for place in (0, 0.5, 1, 9, 99, 99.5, 100, 101)],
    }
    assert_kept("weights", found)
