"""Why film X stands where it does in user Y's list.

    python -m infra explain 6b1e63c8-5f7e-4b3e-8f0a-3a1d4f7b2c90 285a425e-54e3-5403-b874-48f606e6bb58

Ranks anew from the stack's tables, as `rebuild` would right now without the model, and prints what the film's score is
made of, beside its neighbours in the list.
"""

import argparse
import os
import sys
from datetime import UTC, datetime

from chalicelib.recommendations.model import Taste
from chalicelib.recommendations.ranking import constants
from chalicelib.recommendations.ranking.candidates import Candidates, collect
from chalicelib.recommendations.ranking.scoring import ScoreParts, evidence_of, rank, score_of, score_parts, sources_of
from chalicelib.recommendations.ranking.taste import taste_of
from chalicelib.recommendations.ranking.taste_guard import kept_share
from infra.stack_outputs import add_stack, outputs

NEAR = 3  # places shown before and after


def explanation(taste: Taste, candidates: Candidates, film_id: str) -> list[str]:
    """Lines for a person to read."""
    rated = {
        film.film_id: (name, film.titles.main)
        for name in ("liked", "steered", "disliked", "excluded")
        for film in getattr(taste, name)
    }
    if film_id in rated:
        name, title = rated[film_id]
        return [f"{title} is {name} by this viewer: rated films never come back."]
    parts = score_parts(taste, candidates)
    if film_id not in parts:
        return [
            "The film is no candidate: no positive film is similar enough to it, it is not "
            "alike in content, and it is not in the top list.",
            f"Known of the viewer: {len(taste.liked)} likes, {len(taste.steered)} more like this, "
            f"{len(taste.disliked)} dislikes, {len(taste.excluded)} excluded.",
        ]
    ranked = rank(taste, candidates, len(candidates.films))
    place = next(place for place, one in enumerate(ranked) if one.film.film_id == film_id)
    lines = [
        f"{ranked[place].film.titles.main} stands at {place + 1} of {len(ranked)}, ground: {ranked[place].ground}",
        "",
    ]
    lines += _score(parts[film_id], candidates) + _sources(taste, candidates, film_id) + ["", "Around it:"]
    for number in range(max(0, place - NEAR), min(len(ranked), place + NEAR + 1)):
        one = ranked[number]
        mark = "▸" if number == place else " "
        lines.append(f" {mark} {number + 1:3}  {one.score:8.4f}  {one.film.titles.main} ({one.film.year or '?'})")
    return lines


def _score(parts: ScoreParts, candidates: Candidates) -> list[str]:
    weights = candidates.learned.weights
    era = 1 + weights.era * parts.era
    against = 1 - constants.AGAINST_FACTOR * parts.against
    return [
        f"  score         {score_of(parts, weights):8.4f}",
        f"  = likes       {evidence_of(parts, weights):8.4f}  (near {weights.near * parts.near:.4f} + steady "
        f"{weights.steady * parts.steady:.4f} + whole {weights.whole * parts.whole:.4f}) × {against:.2f} (dislikes) "
        f"× {era:.2f} (era)",
        f"  + content     {weights.content * parts.content:8.4f}  similarity of genres and people × era × fame",
        f"  + popularity  {weights.popularity * parts.popularity:8.4f}",
        f"  + last days   {weights.recent * parts.recent:8.4f}",
        f"  × guard       {kept_share(parts.doubt):8.4f}  what the taste leaves of it",
    ]


def _sources(taste: Taste, candidates: Candidates, film_id: str) -> list[str]:
    titles = {film.film_id: film.titles.main for film in taste.positive + taste.negative}
    lines = []
    for heading, films in (("for it", taste.positive), ("against it", taste.negative)):
        given = sources_of(film_id, films, candidates)
        if given:
            lines += ["", f"Evidence {heading}, strongest first:"]
            lines += [f"  {score:8.4f}  {titles[source]}" for source, score in given[:8]]
    return lines


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whose list, and which film."""
    parser.add_argument("user_id", help="the viewer, by the id that GET /v1/me shows")
    parser.add_argument("film_id")
    add_stack(parser)


def run(given: argparse.Namespace) -> int:
    """Prints the explanation."""
    stack = outputs(given.stack)
    os.environ |= {
        "FEEDBACK_TABLE": stack["FeedbackTable"],
        "ITEM_SIMILARITY_TABLE": stack["NeighboursTable"],
        "CATALOG_URL": stack["Catalog"],
        "CATALOG_SIGN": stack["CatalogSign"],
    }
    from chalicelib import resources

    feedback = resources.feedback_store().list_all(given.user_id)
    if not feedback:
        print("✗ no feedback of this viewer (or no such viewer): the page shows the top list", file=sys.stderr)
        return 1
    taste = taste_of(feedback, datetime.now(UTC))
    candidates = collect(taste, resources.catalog(), resources.item_similarity().similarities)
    print("\n".join(explanation(taste, candidates, given.film_id)))
    return 0
