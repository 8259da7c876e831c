"""Requests in a viewer's own words over the demo catalogue: constraints kept, what was wanted among the first ten,
films that are not held, milliseconds. By rules alone, or with a model's plan where the rules leave words: GigaChat's
local stand-in, which says what the way to the model is worth and nothing of GigaChat.

`--meaning`: with the films nearest in meaning to the words that the rules leave, by the model that the stand-in has;
with `--engine opensearch` by k-NN there.

Milliseconds are the better of two rounds, by the clock and by the thread's own processor time, which a machine that is
busy with something else leaves alone.

Two halves apart: of those written to be looked at single misses may be seen (`--show-misses`), of the blind ones totals
alone. The third set was written before anything of meaning was
tried: films told of in words that no title, genre or theme has.
python -m tests.bench.ask [--model] [--meaning] [--engine embedded|opensearch] [--show-misses]
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from chalicelib.catalog.meaning import Vector
from chalicelib.catalog.model import Film
from chalicelib.catalog.port import Catalog
from chalicelib.catalog.shown import shown_to
from chalicelib.recommendations.llm.port import Model
from chalicelib.recommendations.llm.wish_prompt import build_wish_prompt
from chalicelib.recommendations.wishes.answer import answer_words
from chalicelib.recommendations.wishes.meaning import NEAR, words_left
from chalicelib.recommendations.wishes.model import Plan
from chalicelib.recommendations.wishes.proposed import proposed_plan, with_rules
from chalicelib.recommendations.wishes.texts import Better
from chalicelib.recommendations.wishes.understand import is_whole, understand
from infra.catalog.sources.demo import demo_films
from tests.asking.judging import HALVES, Verdict, judge, judged_requests
from tests.bench._engines import loaded
from tests.bench._film_models import StandInModel
from tests.bench._meanings import FindNearest, film_vectors, vector_of
from tests.fakes import FakeFeedbackStore

RESULTS, ROUNDS = 20, 2


class Asking:
    """Answers requests, and keeps what the bench tells of them."""

    def __init__(
        self, catalog: Catalog, held: frozenset[str], model: Model | None, nearest: FindNearest | None = None
    ) -> None:
        self._catalog, self._whole, self._held, self._model = shown_to(catalog), catalog, held, model
        self._nearest = nearest
        self.vectors: dict[str, Vector] = {}
        self.seconds: dict[str, float] = {}
        self.cpu_seconds: dict[str, float] = {}
        self.plans: dict[str, Plan] = {}
        self.not_held = self.tokens = 0

    def __call__(self, text: str) -> Sequence[Film]:
        self._plan(text)
        self._embed(text)
        began, cpu_began = time.perf_counter(), time.thread_time()
        answer = answer_words(
            self._catalog, FakeFeedbackStore(), "bench", text, "ru", RESULTS, datetime.now(UTC),
            lambda text, _: Better(self.plans.get(text)), self._near,
        )  # fmt: skip
        seconds, cpu = time.perf_counter() - began, time.thread_time() - cpu_began
        self.seconds[text] = min(seconds, self.seconds.get(text, seconds))
        self.cpu_seconds[text] = min(cpu, self.cpu_seconds.get(text, cpu))
        ids = [film.film_id for film in answer.films]
        self.not_held += len(set(ids) - self._held)
        known = self._catalog.get_many(ids)
        return [known[film_id] for film_id in ids if film_id in known]

    def _near(self, plan: Plan) -> Sequence[str]:
        vector = self.vectors.get(words_left(plan))
        return self._nearest(vector, NEAR) if self._nearest and vector else ()

    def _embed(self, text: str) -> None:
        """As the product does: the words that the rules leave, once, where a text is asked about at all."""
        rules = understand(self._whole, text)
        words = words_left(rules)
        if self._nearest and words and words not in self.vectors and not is_whole(rules):
            self.vectors[words] = vector_of(words)

    def _plan(self, text: str) -> None:
        """As the product does: of what the rules leave, once."""
        if self._model is None or text in self.plans or is_whole(rules := understand(self._whole, text)):
            return
        reply = self._model.ask(build_wish_prompt(text), 60)
        self.tokens += reply.total_tokens
        proposed = proposed_plan(self._whole, reply, text)
        self.plans[text] = with_rules(proposed, rules) if proposed else ()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=["embedded", "opensearch"], default="embedded")
    parser.add_argument("--model", action="store_true", help="with the stand-in's plans")
    parser.add_argument("--meaning", action="store_true", help="with the stand-in's vectors")
    parser.add_argument("--show-misses", action="store_true")
    given = parser.parse_args(arguments)
    films = list(demo_films())
    results: dict[str, object] = {}
    with loaded(given.engine, films) as catalog:
        held = frozenset(film.film_id for film in films)
        nearest = film_vectors(films, catalog) if given.meaning else None
        asking = Asking(catalog, held, StandInModel() if given.model else None, nearest)
        verdict = judge(asking, judged_requests("meant"))
        results["meant"] = {"wanted": verdict.wanted}
        print(f"{'meant':10} {verdict.wanted} wanted")
        if given.show_misses:
            _print(verdict)
        for half in HALVES:
            verdict = judge(asking, judged_requests(half))
            results[half] = {"kept": verdict.kept, "wanted": verdict.wanted}
            print(f"{half:10} {verdict.kept} kept, {verdict.wanted} wanted")
            if half == "looked_at" and given.show_misses:
                _print(verdict)
        everything = [one for half in HALVES for one in judged_requests(half)]
        for _ in range(ROUNDS - 1):  # a machine's hiccup is in one of them
            both = judge(asking, everything)
    times, cpu_times = sorted(asking.seconds.values()), sorted(asking.cpu_seconds.values())
    results |= {"kept": both.kept, "wanted": both.wanted, "requests": len(everything), "not_held": asking.not_held}
    results |= {"asked": len(asking.plans), "tokens": asking.tokens} if given.model else {}
    for name, sorted_ in (("ms", times), ("cpu_ms", cpu_times)):
        results |= {f"{name}_p{part}": round(1000 * sorted_[len(sorted_) * part // 100], 1) for part in (50, 95)}
    print(json.dumps(results))
    return 0


def _print(verdict: Verdict) -> None:
    for kind, shares in verdict.by_kind.items():
        print(f"  {kind:10} kept {shares[0]}, wanted {shares[1]}")
    for one, keeps, gets, films in verdict.misses:
        print(f"  {one.text!r} kept {keeps}, wanted {gets}: {'; '.join(films)}")


if __name__ == "__main__":
    sys.exit(main())
