"""Models that are asked about new films in `premieres`, and the product's own way of asking them."""

import math
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from datetime import datetime, timedelta
from functools import partial
from io import StringIO

from chalicelib.catalog.model import Film
from chalicelib.catalog.port import Catalog
from chalicelib.recommendations.llm.film_prompt import PICKS, PROPOSALS
from chalicelib.recommendations.llm.port import Model, ModelReply, Prompt
from chalicelib.recommendations.premieres.ask_about import FilmDependencies, ask_about
from chalicelib.recommendations.premieres.note import film_of, note_premieres
from chalicelib.settings import Settings
from infra.local.gigachat.replies import answer_to
from tests.bench._movielens import Interaction
from tests.factories import NOW
from tests.fake_lanes import FakeFilmQuestions, FakeRecommendationStore
from tests.fake_model import FakeBudget

KNOWING_LEAST = 100  # viewers, below which nobody has said enough of films
SHRINK = 5.0  # viewers who like both of two films, less whom chance brings together


class StandInModel:
    """GigaChat's local stand-in, without HTTP between."""

    def ask(self, prompt: Prompt, deadline_seconds: float) -> ModelReply:  # noqa: ARG002
        request = {
            "model": "GigaChat-2",
            "messages": [{"role": one.role, "content": one.content} for one in prompt.messages],
            "functions": [dict(one) for one in prompt.functions],
            "function_call": {"name": prompt.function_call},
        }
        answer = answer_to(request)
        said = answer.body["choices"][0]["message"]["function_call"]["arguments"]
        return ModelReply(arguments=said, finish_reason="function_call", prompt_tokens=answer.prompt_tokens,
                          completion_tokens=answer.completion_tokens)  # fmt: skip


class KnowingModel:
    """Has seen what other viewers like beside each film: shared likes over what their numbers let expect."""

    def __init__(self, films: Sequence[Film], histories: Sequence[Sequence[Interaction]]) -> None:
        self._films = films
        self._liked_by: dict[int, set[int]] = {}
        for viewer, history in enumerate(histories):
            for one in history:
                if one.liked:
                    self._liked_by.setdefault(one.film, set()).add(viewer)

    def ask(self, prompt: Prompt, deadline_seconds: float) -> ModelReply:  # noqa: ARG002
        asked = prompt.messages[-1].content.partition("\n")[0]
        scores = self._beside(next((n for n, film in enumerate(self._films) if _is_named(film, asked)), -1))
        best = sorted(scores, key=lambda film: -scores[film])[: PICKS + PROPOSALS]
        offered = {film_id: number for number, film_id in enumerate(prompt.offered, 1)}
        picks = [offered[self._films[one].film_id] for one in best if self._films[one].film_id in offered]
        named = [self._films[one] for one in best if self._films[one].film_id not in offered][:PROPOSALS]
        titles = [{"title": one.titles.main, "year": one.year} for one in named]
        return ModelReply(arguments={"picks": picks, "proposals": titles}, finish_reason="function_call",
                          prompt_tokens=prompt.prompt_tokens, completion_tokens=200)  # fmt: skip

    def _beside(self, film: int) -> Mapping[int, float]:
        own = self._liked_by.get(film, set())
        return {
            other: shared / (math.sqrt(len(own) * len(viewers)) + SHRINK)
            for other, viewers in self._liked_by.items()
            if other != film and (shared := len(own & viewers)) > 1
        }


def _is_named(film: Film, asked: str) -> bool:
    year = f" {film.year}" if film.year else ""
    return asked.startswith(f'Новый фильм: "{film.titles.in_language("ru")}"') and asked.endswith(year)


def asked_about(catalog: Catalog, model: Model) -> tuple[Mapping[str, Sequence[str]], int]:
    """What the model says of the films that have come, each day as many as the product asks about; and its calls."""
    calls: list[Prompt] = []

    class Counted:
        def ask(self, prompt: Prompt, deadline_seconds: float) -> ModelReply:
            calls.append(prompt)
            return model.ask(prompt, deadline_seconds)

    store, questions = FakeRecommendationStore(), FakeFilmQuestions()
    for day in range(6):
        now = NOW + timedelta(days=day)
        parts = FilmDependencies(store, questions, catalog, Counted, FakeBudget(), Settings(), partial(_at, now))
        for _ in range(2):
            note_premieres(store, questions, catalog, parts.settings, now)
            with redirect_stdout(StringIO()):  # metrics
                for subject in list(store.list_waiting(now, 1_000)):
                    ask_about(parts, film_of(subject) or "", 60)
    return questions.held.for_lovers_of, len(calls)


def _at(now: datetime) -> datetime:
    return now
