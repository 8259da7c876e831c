"""A viewer's list, and why a film stands where it does in it, as the list itself keeps it.

    python -m infra explain 6b1e63c8-5f7e-4b3e-8f0a-3a1d4f7b2c90
    python -m infra explain 6b1e63c8-5f7e-4b3e-8f0a-3a1d4f7b2c90 285a425e-54e3-5403-b874-48f606e6bb58

Without a film the whole list is printed, each place with what put it there. With one, the account that was stored when
the list was published: the parts of the film's score, the model's vote and what else moved it, beside its neighbours.
`--anew` ranks from the tables instead, as `rebuild` would right now without the model, and says more of a film that the
list lacks.
"""

import argparse
import os
import sys
from datetime import UTC, datetime

from chalicelib.feedback.model import Feedback
from chalicelib.recommendations.model import StoredFilm, StoredList, Why
from chalicelib.recommendations.ranking.candidates import collect
from chalicelib.recommendations.ranking.taste import taste_of
from infra.operator.explain_anew import explanation_anew
from infra.stack_outputs import add_stack, outputs

NO_LIST = "No list is stored for this viewer (or no such viewer): the page shows the top list."
NEAR = 3  # places shown before and after


def explanation(held: StoredList | None, feedback: list[Feedback], film_id: str) -> list[str]:
    """Lines for a person to read."""
    said = next((one for one in feedback if one.film_id == film_id), None)
    if said is not None:
        words = ", ".join(str(word) for word in (said.rating, said.steer) if word)
        return [f"{said.titles.main}: this viewer has said “{words}”; rated films never come back."]
    if held is None:
        return [NO_LIST]
    stored = _named(held)
    places = [one.card.film_id for one in held.films]
    if film_id not in places:
        return [f"The film is not among the {len(places)} of {stored}. `--anew` says whether it is a candidate at all."]
    place = places.index(film_id)
    film = held.films[place]
    lines = [f"{film.card.titles.main} stands at {place + 1} of {len(places)} in {stored}; ground: {film.ground}"]
    lines += [
        "",
        *_account(film.why, place + 1),
        *_causes(film, held),
        "",
        "Around it (score in % of the list's best):",
    ]
    for number in range(max(0, place - NEAR), min(len(places), place + NEAR + 1)):
        one, mark = held.films[number], "▸" if number == place else " "
        lines.append(f" {mark} {number + 1:3}  {_score(one.why):>4}  {one.ground:9}  {one.card.titles.main} "
                     f"({one.card.year or '?'})")  # fmt: skip
    return lines


def whole_list(held: StoredList | None) -> list[str]:
    """Lines for a person to read: a place each, what put it there behind it."""
    if held is None:
        return [NO_LIST]
    lines = [
        f"{_named(held)}, of {held.judged} judgements; by {held.source}",
        "score in % of the list's best: likes + content + popularity + last days, × guard",
    ]
    for number, one in enumerate(held.films, 1):
        lines.append(f" {number:3}  {_score(one.why):>4}  {one.ground:9}  {one.card.titles.main} "
                     f"({one.card.year or '?'}){_in_short(one.why)}")  # fmt: skip
    return lines


def _named(held: StoredList) -> str:
    return f"list {held.version}, published {held.generated_at:%Y-%m-%d %H:%M:%S} UTC"


def _in_short(why: Why | None) -> str:
    if why is None:
        return ""
    said = f"  {why.likes}+{why.content}+{why.popularity}+{why.recent} ×{why.kept}%"
    if why.rose:
        said += f", {'rose' if why.rose > 0 else 'fell'} {abs(why.rose)}"
    if why.pick:
        said += f", pick {why.pick}"
    if why.chance:
        said += f", drawn by {why.chance / 100:.2f} %"
    if why.shown:
        said += f", shown {why.shown} times"
    return said + (", promised" if why.promised else "")


def _account(why: Why | None, place: int) -> list[str]:
    if why is None:
        return ["  Nothing is kept of its score: it comes from the top list, or the list is older than this account."]
    by_score = place + why.rose
    lines = [
        "  in % of the list's best score:",
        f"  likes        {why.likes:4}  what other viewers' likes say",
        f"  + content    {why.content:4}  similarity of genres and people",
        f"  + popularity {why.popularity:4}",
        f"  + last days  {why.recent:4}",
        f"  × guard      {why.kept:3}%  what the viewer's taste leaves of it",
        f"  = score      {_score(why):>4}",
        f"  by score alone: {f'place {by_score}' if by_score else 'not ranked'}, in the list: place {place}",
    ]
    if why.pick:
        lines.append(f"  the model's pick no. {why.pick} voted for it")
    if why.chance:
        lines.append(f"  drawn by lot among films with few likes, with a chance of {why.chance / 100:.2f} %")
    if why.shown:
        lines.append(f"  shown {why.shown} times and never touched: it stands behind the others for a fortnight")
    if why.promised:
        lines.append("  moved up so that what the viewer has said is seen (“more like this”, the newest word)")
    return lines


def _score(why: Why | None) -> str:
    if why is None:
        return "–"
    return str(round((why.likes + why.content + why.popularity + why.recent) * why.kept / 100))


def _causes(film: StoredFilm, held: StoredList) -> list[str]:
    named = [held.because_titles[one].main if one in held.because_titles else one for one in film.because]
    lines = [f"  because of: {', '.join(named)}"] if named else []
    return [*lines, f"  the model's words ({film.reason_language}): {film.reason}"] if film.reason else lines


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whose list, and which film."""
    parser.add_argument("user_id", help="the viewer, by the id that GET /v1/me shows")
    parser.add_argument("film_id", nargs="?", help="this film alone, at length")
    parser.add_argument("--anew", action="store_true", help="rank again from the tables, without the model")
    add_stack(parser)


def run(given: argparse.Namespace) -> int:
    """Prints the explanation."""
    stack = outputs(given.stack)
    os.environ |= {
        "FEEDBACK_TABLE": stack["FeedbackTable"],
        "RECOMMENDATIONS_TABLE": stack["RecommendationsTable"],
        "ITEM_SIMILARITY_TABLE": stack["NeighboursTable"],
        "CATALOG_URL": stack["Catalog"],
        "CATALOG_SIGN": stack["CatalogSign"],
    }
    from chalicelib import resources

    feedback = resources.feedback_store().list_all(given.user_id)
    if not given.anew:
        held = resources.recommendation_store().read_page(given.user_id).list_
        if given.film_id is None:
            print("\n".join(whole_list(held)))
            return 0 if held else 1
        print("\n".join(explanation(held, feedback, given.film_id)))
        return 0 if held or feedback else 1
    if given.film_id is None:
        print("✗ --anew ranks one film: name it", file=sys.stderr)
        return 1
    if not feedback:
        print("✗ no feedback of this viewer (or no such viewer): the page shows the top list", file=sys.stderr)
        return 1
    taste = taste_of(feedback, datetime.now(UTC))
    candidates = collect(taste, resources.catalog(), resources.item_similarity().similarities)
    print("\n".join(explanation_anew(taste, candidates, given.film_id)))
    return 0
