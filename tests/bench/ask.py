"""Requests in a viewer's own words over the demo catalogue, without a model: constraints kept, what was wanted among
the first ten, films that are not held, milliseconds.

Two halves apart: of those written to be looked at single misses may be seen (`--show-misses`), of the blind ones totals
alone. python -m tests.bench.ask [--engine embedded|opensearch] [--show-misses]
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from chalicelib.catalog.model import Film
from chalicelib.catalog.port import Catalog
from chalicelib.catalog.shown import shown_to
from chalicelib.recommendations.wishes.answer import answer_words
from infra.catalog.sources.demo import demo_films
from tests.asking.judging import HALVES, Verdict, judge, judged_requests
from tests.bench._engines import loaded
from tests.fakes import FakeFeedbackStore

RESULTS, ROUNDS = 20, 2


class Asking:
    """Answers requests, and keeps what the bench tells of them."""

    def __init__(self, catalog: Catalog, held: frozenset[str]) -> None:
        self._catalog, self._held = shown_to(catalog), held
        self.seconds: dict[str, float] = {}
        self.not_held = 0

    def __call__(self, text: str) -> Sequence[Film]:
        began = time.perf_counter()
        answer = answer_words(self._catalog, FakeFeedbackStore(), "bench", text, "ru", RESULTS, datetime.now(UTC))
        seconds = time.perf_counter() - began
        self.seconds[text] = min(seconds, self.seconds.get(text, seconds))
        ids = [film.film_id for film in answer.films]
        self.not_held += len(set(ids) - self._held)
        known = self._catalog.get_many(ids)
        return [known[film_id] for film_id in ids if film_id in known]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=["embedded", "opensearch"], default="embedded")
    parser.add_argument("--show-misses", action="store_true")
    given = parser.parse_args(arguments)
    films = list(demo_films())
    results: dict[str, object] = {}
    with loaded(given.engine, films) as catalog:
        asking = Asking(catalog, frozenset(film.film_id for film in films))
        for half in HALVES:
            verdict = judge(asking, judged_requests(half))
            results[half] = {"kept": verdict.kept, "wanted": verdict.wanted}
            print(f"{half:10} {verdict.kept} kept, {verdict.wanted} wanted")
            if half == "looked_at" and given.show_misses:
                _print(verdict)
        everything = [one for half in HALVES for one in judged_requests(half)]
        for _ in range(ROUNDS - 1):  # a machine's hiccup is in one of them
            both = judge(asking, everything)
    times = sorted(asking.seconds.values())
    results |= {"kept": both.kept, "wanted": both.wanted, "requests": len(everything), "not_held": asking.not_held}
    print(json.dumps(results | {f"ms_p{part}": round(1000 * times[len(times) * part // 100], 1) for part in (50, 95)}))
    return 0


def _print(verdict: Verdict) -> None:
    for kind, shares in verdict.by_kind.items():
        print(f"  {kind:10} kept {shares[0]}, wanted {shares[1]}")
    for one, keeps, gets, films in verdict.misses:
        print(f"  {one.text!r} kept {keeps}, wanted {gets}: {'; '.join(films)}")


if __name__ == "__main__":
    sys.exit(main())
