"""Would the lists embarrass somebody who recommends them to a friend? Viewers with clear tastes judge twenty films.

    python -m tests.bench.personas [--file FILE]... [--model on|off|both] [--show]

Each viewer likes their films through the product's use cases, over the demo catalogue and what is learned from the demo
ratings; with the model, the local stand-in's critic answers in process. The last line is one JSON object: for each file
and state of the model the share of places that embarrass, how many viewers found what they want, and each viewer's own
figures. `personas_development.json` is for choosing rules, `personas_validation.json` for looking at afterwards.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.catalog.model import Film
from chalicelib.catalog.port import Catalog
from chalicelib.feedback.give_feedback import Change, give_feedback
from chalicelib.feedback.model import Listed
from chalicelib.recommendations.home import HomeFilm
from chalicelib.recommendations.llm.port import ModelReply, Prompt
from chalicelib.recommendations.plan import plan
from infra.catalog.sources.demo import demo_films
from infra.local.gigachat import critic
from infra.operator.train import demo_interactions
from tests.bench._product import Model, Row, learn
from tests.bench._viewers import JUDGED, Verdict, Viewer, judged, liked_films, read_viewers
from tests.lanes import Lanes

DATA = Path(__file__).parent / "data"
FILES = (DATA / "personas_development.json", DATA / "personas_validation.json")
PATIENCE = 4  # hours of the fake clock until the model has surely been asked


class Critic:
    """The local stand-in's taste behind the model's port."""

    def ask(self, prompt: Prompt, deadline_seconds: float) -> ModelReply:  # noqa: ARG002
        reading = critic.read(prompt.messages[-1].content)
        arguments = {"picks": critic.picks_of(reading), "proposals": critic.proposals_of(reading)}
        return ModelReply(arguments=arguments, finish_reason="function_call", prompt_tokens=1, completion_tokens=1)


class House:
    """The demo site, ready for viewers."""

    def __init__(self, films: Sequence[Film], catalog: Catalog, model: Model) -> None:
        self.films, self.catalog, self.model = films, catalog, model

    def lanes(self, *, model_on: bool) -> Lanes:
        """The use cases around one viewer."""
        lanes = Lanes(self.films[:1], Critic() if model_on else None)
        lanes.model = lanes.model if model_on else None
        lanes.catalog = self.catalog  # type: ignore[assignment]
        lanes.dependencies = lanes.dependencies._replace(catalog=self.catalog, item_similarity=self.model)
        lanes.ask_dependencies = lanes.ask_dependencies._replace(fast=lanes.dependencies)
        return lanes

    def page(self, viewer: Viewer, *, model_on: bool) -> Sequence[HomeFilm]:
        """The viewer's first page, all likes given and the model, if any, heard."""
        lanes = self.lanes(model_on=model_on)
        for film in liked_films(viewer, self.films):
            give_feedback(lanes.feedback, lambda: self.catalog, lambda *_: Listed(), viewer.name, film.film_id,
                  Change(rating="like"), viewer.language, lanes.now)  # fmt: skip
            lanes.wait(seconds=5)
        plan(lanes.store, lanes.outbox, [viewer.name], lanes.now)
        lanes.deliver()
        for _ in range(PATIENCE if model_on else 0):
            lanes.wait(hours=1)
            lanes.sweep()
            lanes.deliver()
        return lanes.page(viewer.name).films[:JUDGED]


def figures_of(verdicts: dict[str, Verdict]) -> dict[str, Any]:
    """What the last line says of one file."""
    places = sum(one.places for one in verdicts.values())
    bad = sum(len(one.embarrassing) for one in verdicts.values())
    return {
        "viewers": len(verdicts),
        "places": places,
        "embarrassing": bad,
        "embarrassing_share": round(bad / max(1, places), 4),
        "fit_reached": sum(one.fit >= one.wanted for one in verdicts.values()),
        "fit": {name: [one.fit, one.wanted] for name, one in verdicts.items()},
        "causes": {name: one.embarrassing for name, one in verdicts.items() if one.embarrassing},
    }


def main() -> None:
    options = _options()
    states = {"on": [True], "off": [False], "both": [False, True]}[options.model]
    report: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        house = _house(folder)
        for path in options.file or FILES:
            for model_on in states:
                verdicts = {}
                for viewer in read_viewers(path):
                    page = house.page(viewer, model_on=model_on)
                    verdicts[viewer.name] = judged(viewer, page)
                    if options.show:
                        _show(viewer, page, verdicts[viewer.name])
                report.setdefault(path.stem, {})["model_on" if model_on else "model_off"] = figures_of(verdicts)
    print(json.dumps(report, ensure_ascii=False))


def _house(folder: str) -> House:
    films = demo_films()
    catalog = EmbeddedCatalog(f"sqlite:///{folder}/catalog.sqlite")
    catalog.replace_all(films)
    return House(films, catalog, learn(list(learned_rows()), catalog))


def learned_rows() -> Iterator[Row]:
    """What the demo's viewers said, as the learning takes it."""
    return ((one.user_id, one.film_id, one.said, one.rated_at) for one in demo_interactions())


def _show(viewer: Viewer, page: Sequence[HomeFilm], verdict: Verdict) -> None:
    print(f"\n{viewer.name}: fit {verdict.fit} of {verdict.wanted}, {list(verdict.embarrassing)}", file=sys.stderr)
    for place, film in enumerate(page, 1):
        print(f"  {place:2} {film.title} ({film.year}) {'|'.join(film.genres)} {film.imdb_rating} [{film.source}] "
              f"{film.reason}", file=sys.stderr)  # fmt: skip


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--file", type=Path, action="append", help="viewers; default: our own two halves")
    parser.add_argument("--model", choices=["on", "off", "both"], default="both")
    parser.add_argument("--show", action="store_true", help="print every page")
    return parser.parse_args()


if __name__ == "__main__":
    main()
