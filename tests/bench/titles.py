"""Does a title find its film, and no other? Precision, recall, false accepts and time of the matcher.

    python -m tests.bench.titles --catalogue C.jsonl --mentions M.jsonl [--predictions OUT.jsonl]
                                 [--engine embedded|opensearch] [--noise SEED] [--show-mistakes]

Without files: the demo catalogue with a fifth taken out, and noisy mentions of what is in and out of it.
"""

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from chalicelib.catalog.model import Film
from chalicelib.catalog.titles.match import match_title
from tests.bench._engines import loaded
from tests.bench._mentions import Expected, dressed_up, from_demo, read_catalogue, read_mentions


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--catalogue", type=Path)
    parser.add_argument("--mentions", type=Path)
    parser.add_argument("--predictions", type=Path)
    parser.add_argument("--engine", choices=["embedded", "opensearch"], default="embedded")
    parser.add_argument("--noise", type=int, help="dress the mentions up, with this seed")
    parser.add_argument("--show-mistakes", action="store_true")
    given = parser.parse_args(arguments)
    if bool(given.catalogue) != bool(given.mentions):
        parser.error("--catalogue and --mentions go together")
    if given.catalogue:
        films, mentions = list(read_catalogue(given.catalogue)), list(read_mentions(given.mentions))
        if given.noise is not None:
            mentions = list(dressed_up(mentions, films, given.noise))
    else:
        from infra.catalog.sources.demo import demo_films

        films, mentions = from_demo(demo_films(), given.noise or 1)
    with loaded(given.engine, films) as catalog:
        answers, seconds = [], []
        for mention in mentions:
            began = time.perf_counter()
            match = match_title(catalog, mention.text, mention.year)
            seconds.append(time.perf_counter() - began)
            answers.append(match.film)
    if given.predictions:
        lines = (json.dumps({"film_id": film.source_id if film else None}) + "\n" for film in answers)
        given.predictions.write_text("".join(lines), encoding="utf-8")
    if given.show_mistakes:
        _show(mentions, answers)
    print(json.dumps(score(mentions, answers) | times(seconds)))
    return 0


def score(mentions: Sequence[Expected], answers: Sequence[Film | None]) -> dict[str, object]:
    """Precision over accepted, recall over positives, false accepts over negatives; kinds `aka…` count only as such."""
    everything = _Tally()
    by_kind: dict[str, _Tally] = defaultdict(_Tally)
    for mention, film in zip(mentions, answers, strict=True):
        if mention.scored:
            by_kind[mention.kind].add(mention.film, film)
            if not mention.kind.startswith("aka"):
                everything.add(mention.film, film)
    return {
        "precision": _share(everything.right, everything.accepted),
        "recall": _share(everything.right, everything.positives),
        "wrong_film": _share(everything.wrong, everything.positives),
        "false_accept": _share(everything.false, everything.negatives),
        "by_kind": {
            kind: {"n": tally.positives + tally.negatives, "recall": _share(tally.right, tally.positives),
                   "false_accept": _share(tally.false, tally.negatives)}
            for kind, tally in sorted(by_kind.items())
        },
    }  # fmt: skip


class _Tally:
    def __init__(self) -> None:
        self.positives = self.negatives = self.right = self.wrong = self.false = 0

    def add(self, expected: str | None, film: Film | None) -> None:
        self.positives += expected is not None
        self.negatives += expected is None
        self.right += film is not None and film.source_id == expected
        self.wrong += film is not None and expected is not None and film.source_id != expected
        self.false += film is not None and expected is None

    @property
    def accepted(self) -> int:
        return self.right + self.wrong + self.false


def times(seconds: Sequence[float]) -> dict[str, object]:
    """Median and 95th percentile in milliseconds."""
    ordered = sorted(seconds) or [0.0]
    return {
        f"ms_per_mention_p{part}": round(1000 * ordered[min(len(ordered) - 1, len(ordered) * part // 100)], 3)
        for part in (50, 95)
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 5) if whole else None


def _show(mentions: Sequence[Expected], answers: Sequence[Film | None]) -> None:
    for mention, film in zip(mentions, answers, strict=True):
        if mention.scored and (film.source_id if film else None) != mention.film:
            got = f"{film.titles.main} | {film.original_title} | {film.year}" if film else "nothing"
            print(f"{mention.kind}: {mention.text!r} {mention.year} meant {mention.film}, got {got}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
