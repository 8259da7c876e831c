"""Every reason of 200 lists is true by the catalogue, whole on its card, and not its neighbour's."""

import itertools
import random
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from chalicelib.catalog.model import Film
from chalicelib.language import LANGUAGES, Language
from chalicelib.recommendations.home import HomeFilm, HomePage, home_page
from chalicelib.recommendations.llm.port import ModelReply, Prompt
from chalicelib.recommendations.rebuild import rebuild
from tests.claims import COUNTRIES, GENRES, Claims
from tests.factories import NOW, film
from tests.fake_lanes import FakeItemSimilarity
from tests.lanes import Lanes

LISTS = 200
PAGE = 20
PEOPLE = [f"{first} {last}" for first in ("Ann", "Bo", "Cy", "Di", "Ed", "Flo") for last in ("Arlt", "Berg", "Cole")]
SERIES = ("Kest", "Lumen", "Morrow")
TRUE: Mapping[Language, str] = {"en": "It has the calm of {liked}, honestly.", "ru": "Спокойный, как фильм «{liked}»."}
LIES: Mapping[Language, tuple[str, ...]] = {
    "en": ("With the great Marlon Brando, as in {liked}.", "A fine giallo noir of its time, like {liked}.",
           "A film of 1901 for you to see.", "Close in spirit to Unliked Film, quite close."),
    "ru": ("Снял его Марлон Брандо, как и «{liked}».", "Это нуар, какие вы любите.", "Фильм 1901 года, вам понравится.",
           "По духу рядом с фильмом «Чужое название»."),
}  # fmt: skip


@cache
def catalogue() -> tuple[Film, ...]:
    """Films with people, countries and series; a few of which little is known."""
    chance = random.Random(5)
    found = []
    for number in range(260):
        saga = SERIES[number % 3] if number % 10 == 0 else ""
        name = f"{saga} {number}" if saga else f"Title{number} of Some" + " Quite Long" * (number % 7 == 0) * 3
        cast = [f"{saga} Hero"] if saga else []
        bare = number % 40 == 7
        found.append(
            film(
                name,
                title_ru=f"{saga or 'Название'} {number}" + " и так далее"[: 3 * (number % 2)].replace(" и", ""),
                source_id=f"{saga or number}-{number}",
                year=None if bare else chance.randrange(1930, 2012),
                genres=() if bare else tuple(chance.sample(list(GENRES["en"].values()), chance.randint(1, 3))),
                directors=() if bare else (chance.choice(PEOPLE),),
                actors=() if bare else tuple(cast + chance.sample(PEOPLE, 3)),
                countries=() if bare else tuple(chance.sample([*COUNTRIES["en"].values(), "United States"], 2)),
                imdb_rating=None if bare else round(chance.uniform(5, 9.3), 1),
                imdb_votes=None if bare else chance.randrange(500, 900_000),
            )
        )
    return tuple(found)


class Talker:
    """Picks the first films offered, and says of them what is so and what is not by turns."""

    def __init__(self, liked: Film) -> None:
        self.liked = liked

    def ask(self, prompt: Prompt, deadline_seconds: float) -> ModelReply:  # noqa: ARG002
        language: Language = "en" if "English" in prompt.messages[-1].content else "ru"
        words = [TRUE[language], *LIES[language]]
        title = self.liked.titles.in_language(language)
        picks = [{"n": n + 1, "why": words[n % len(words)].format(liked=title)} for n in range(12)]
        return ModelReply(arguments={"picks": picks, "proposals": []}, finish_reason="stop", prompt_tokens=1,
                          completion_tokens=1)  # fmt: skip


def pages(number: int) -> Iterator[tuple[Language, HomePage, Film]]:
    """The pages of one generated viewer in both languages, and the film that the model speaks of."""
    chance = random.Random(number)
    films = catalogue()
    liked = chance.sample(films, chance.choice((1, 2, 3, 5, 9)))
    lanes = Lanes(films)
    lanes.model = Talker(liked[0]) if number % 2 else None
    near = {one.film_id: {other.film_id: chance.random() for other in chance.sample(films, 40)} for one in liked}
    lanes.dependencies = lanes.dependencies._replace(
        item_similarity=FakeItemSimilarity(near if number % 3 else {}), catalog=lanes.catalog
    )
    lanes.ask_dependencies = lanes.ask_dependencies._replace(fast=lanes.dependencies)
    asked_in: Language = "en" if number % 4 > 1 else "ru"
    for place, one in enumerate(liked):
        said: dict[str, Any] = {"rating": None, "steer": "more_like_this"} if place == 2 else {}
        lanes.like(one.titles.main, language=asked_in, title_ru=one.titles.in_language("ru"), **said)
    lanes.deliver()
    rebuild(lanes.dependencies, "user", NOW)
    for language in LANGUAGES:
        yield language, home_page(lanes.store, lanes.feedback, lambda: films[:50], "user", language, 100, None,
                                  lanes.now, None, lanes.catalog), liked[0]  # fmt: skip


@pytest.mark.parametrize("first", range(0, LISTS, 50))
def test_every_reason_is_true_whole_and_its_own(first: int) -> None:
    by_id = {one.film_id: one for one in catalogue()}
    by_title: dict[Language, dict[str, Film]] = {
        language: {one.titles.in_language(language): one for one in catalogue()} for language in LANGUAGES
    }
    models = 0
    for number in range(first, first + 50):
        for language, page, spoken_of in pages(number):
            claims = Claims(by_title[language], language)
            true = TRUE[language].format(liked=spoken_of.titles.in_language(language))
            for shown in page.films:
                causes = tuple(by_id[one] for one in shown.because)
                for said in told(shown, true):
                    wrong = claims.wrong(said, by_id[shown.film_id], causes)
                    assert not wrong, f"viewer {number}: {shown.title}: {said!r} {wrong}"
                if true in shown.reason:
                    models += 1
                    assert shown.because[0] == spoken_of.film_id, "it stands in the row of the film it names"
            judge_page(page, number)
    assert models > 10, "the model's true words are shown"


def told(shown: HomeFilm, true: str) -> list[str]:
    """The sentences of a reason, at both lengths, without the model's true one."""
    assert shown.explanation.endswith(".")
    sentences = [shown.reason.removesuffix("."), *shown.explanation.replace(true, "").strip().split(". ")]
    return [one.strip().removesuffix(".") for one in sentences if one.strip(" .") and one.rstrip(".") + "." != true]


def judge_page(page: HomePage, number: int) -> None:
    """Whole, and varied."""
    reasons = [one.reason for one in page.films]
    for one in page.films:
        assert 0 < len(one.reason) <= 90, (number, one.reason)
        assert not one.reason.endswith("…")
        assert len(one.explanation) > len(one.reason) or not one.genres, one.explanation
    assert all(one != other for one, other in itertools.pairwise(reasons)), number
    for start in range(0, len(reasons), PAGE):
        part = reasons[start : start + PAGE]
        assert max(Counter(part).values()) <= max(1, len(part) // 3), (number, Counter(part).most_common(1))
