"""Where a film would stand in a viewer's list if it were ranked right now, without the model, and what its score is
made of. Pure; `python -m infra explain --anew` asks it."""

from chalicelib.recommendations.model import Taste
from chalicelib.recommendations.ranking import constants
from chalicelib.recommendations.ranking.candidates import Candidates
from chalicelib.recommendations.ranking.premieres import PRIOR_LIKES
from chalicelib.recommendations.ranking.scoring import ScoreParts, evidence_of, rank, score_of, score_parts, sources_of
from chalicelib.recommendations.ranking.taste_guard import kept_share

NEAR = 3  # places shown before and after


def explanation_anew(taste: Taste, candidates: Candidates, film_id: str) -> list[str]:
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
            "alike in content, in the top list or among the newest.",
            f"Known of the viewer: {len(taste.liked)} likes, {len(taste.steered)} more like this, "
            f"{len(taste.disliked)} dislikes, {len(taste.excluded)} excluded.",
        ]
    ranked = rank(taste, candidates, len(candidates.films))
    place = next(place for place, one in enumerate(ranked) if one.film.film_id == film_id)
    lines = [
        f"{ranked[place].film.titles.main} stands at {place + 1} of {len(ranked)}, ground: {ranked[place].ground}",
        "",
    ]
    if film_id in candidates.premieres:
        likes = candidates.premieres[film_id]
        lines.append(f"  a premiere with {likes} likes: films like it speak for it, as {PRIOR_LIKES:.0f} likes would")
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
