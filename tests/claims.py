"""Reads what a reason claims, and holds each claim against the catalogue. Knows the sentences by their form alone."""

import re
from collections.abc import Mapping

from chalicelib.catalog.model import Film
from chalicelib.language import Language

GENRES: Mapping[Language, Mapping[str, str]] = {
    "en": {"drama": "Drama", "comedy": "Comedy", "horror": "Horror", "science fiction": "Sci-Fi", "western": "Western",
           "war film": "War", "musical": "Musical", "children's film": "Children", "animation": "Animation"},
    "ru": {"драма": "Drama", "комедия": "Comedy", "ужасы": "Horror", "фантастика": "Sci-Fi", "вестерн": "Western",
           "военное кино": "War", "мюзикл": "Musical", "детское кино": "Children", "мультфильм": "Animation"},
}  # fmt: skip
COUNTRIES: Mapping[Language, Mapping[str, str]] = {
    "en": {"France": "France", "the Soviet Union": "Soviet Union", "Peru": "Peru", "Japan": "Japan"},
    "ru": {"Франция": "France", "СССР": "Soviet Union", "Япония": "Japan"},
}
_FORMS: Mapping[Language, tuple[tuple[str, str], ...]] = {
    "en": (
        ("because", r"Because you liked (?P<causes>[^:]+)(?:: (?P<fact>.+))?"),
        ("because", r"More like (?P<causes>[^:]+), as you asked(?:: (?P<fact>.+))?"),
        ("because", r"You liked (?P<causes>[^:]+): try this one too"),
        ("series", r"From the same series as (?P<cause>.+)"),
        ("director", r"Directed by (?P<names>.+), like (?P<cause>.+)"),
        ("actors", r"With (?P<names>.+), as in (?P<cause>.+)"),
        ("country", r"From (?P<names>.+), like (?P<cause>.+)"),
        ("kinds", r"A film (?P<names>of the \d+s), like (?P<cause>.+)"),
        ("rated", r"Rated (?P<rating>[\d.]+) on IMDb(?:, (?P<names>.+))?"),
        ("different", r"Something different from your usual films(?:: (?P<fact>.+))?"),
        ("best", r"One of the best films by IMDb rating"),
        ("nothing", r"Picked for you"),
        ("kinds", r"(?P<names>.+), like (?P<cause>.+)"),
        ("own", r"(?P<names>.+), for those who liked (?P<cause>.+)"),
        ("own", r"(?P<names>.+)"),
    ),
    "ru": (
        ("because", r"Потому что вам понравил(?:ся фильм|ись) (?P<causes>«[^:]+»)(?:: (?P<fact>.+))?"),
        ("because", r"Похоже на (?P<causes>«[^:]+»), как вы просили(?:: (?P<fact>.+))?"),
        ("because", r"Вам понравился фильм (?P<causes>«[^:]+»): попробуйте и этот"),
        ("series", r"Из той же серии, что и «(?P<cause>.+)»"),
        ("director", r"Тот же режиссёр, что у фильма «(?P<cause>.+)»: (?P<names>.+)"),
        ("country", r"Та же страна, что у фильма «(?P<cause>.+)»: (?P<names>.+)"),
        ("kinds", r"Тот же жанр, что у фильма «(?P<cause>.+)»: (?P<names>.+)"),
        ("kinds", r"Фильм (?P<names>\d+-х), как и «(?P<cause>.+)»"),
        ("actors", r"(?P<names>.+), как и в фильме «(?P<cause>.+)»"),
        ("own", r"(?P<names>.+) для тех, кому понравился фильм «(?P<cause>.+)»"),
        ("rated", r"[Оо]ценка на IMDb: (?P<rating>[\d,]+)(?:, (?P<names>.+))?"),
        ("different", r"Нечто непохожее на ваши обычные фильмы(?:: (?P<fact>.+))?"),
        ("best", r"Один из лучших фильмов по рейтингу IMDb"),
        ("nothing", r"Подобрано для вас"),
        ("own", r"(?P<names>.+)"),
    ),
}
_FACTS: Mapping[Language, tuple[tuple[str, str], ...]] = {
    "en": (
        ("series", r"the same series"), ("director", r"the same director, (?P<names>.+)"),
        ("actors", r"(?P<names>.+) again"), ("kinds", r"also from the (?P<when>\d+s)"),
        ("country", r"also from (?P<names>.+)"), ("kinds", r"the same genre, (?P<names>.+)"),
        ("rated", r"rated (?P<rating>[\d.]+) on IMDb(?:, (?P<names>.+))?"), ("own", r"(?P<names>.+)"),
    ),
    "ru": (
        ("series", r"это та же серия"), ("director", r"тот же режиссёр, (?P<names>.+)"),
        ("actors", r"снова (?P<names>.+)"), ("kinds", r"тоже из (?P<names>\d+-х)"),
        ("country", r"тоже (?P<names>(?:Франция|СССР|Япония).*)"), ("kinds", r"тоже (?P<names>.+)"),
        ("rated", r"оценка на IMDb: (?P<rating>[\d,]+)(?:, (?P<names>.+))?"), ("own", r"(?P<names>.+)"),
    ),
}  # fmt: skip
_WHEN = re.compile(r"^(?:(?P<names>.+?) )?(?:of the (?P<en>\d{4})s|(?P<ru>\d{4})-х)$")


class Claims:
    """What a viewer of this language may be told: `titles` are the films by the title in it."""

    def __init__(self, titles: Mapping[str, Film], language: Language) -> None:
        self.titles, self.language = titles, language

    def wrong(self, said: str, film: Film, causes: tuple[Film, ...]) -> str:
        """What of a reason is not so; empty when all of it is. `causes` are the films behind it, strongest first."""
        for kind, form in _FORMS[self.language]:
            if found := re.fullmatch(form, said):
                named = found.groupdict()
                liked = self._named_causes(named)
                if liked is None or any(one not in causes for one in liked):
                    return "names a film that is no cause"
                if liked and liked[0] != causes[0]:
                    return "does not stand in the row of its film"
                if named.get("fact"):
                    return self._wrong_fact(named["fact"], film, liked[0] if liked else None)
                return self._unsaid(kind, named, film, liked[0] if liked else None)
        return "says nothing"

    def _named_causes(self, named: Mapping[str, str | None]) -> list[Film] | None:
        if named.get("cause"):
            names = [str(named["cause"])]
        else:
            names = [one for one in re.split(r", | and | и ", named.get("causes") or "") if one]
        films = [self.titles.get(one.strip("«»")) for one in names]
        return None if None in films else [one for one in films if one]

    def _wrong_fact(self, fact: str, film: Film, liked: Film | None) -> str:
        for kind, form in _FACTS[self.language]:
            if found := re.fullmatch(form, fact):
                return self._unsaid(kind, found.groupdict(), film, liked)
        return "says nothing behind its colon"

    def _unsaid(self, kind: str, named: Mapping[str, str | None], film: Film, liked: Film | None) -> str:
        both = [film, liked] if liked else [film]
        names = [one for one in re.split(r", | and | и ", named.get("names") or "") if one]
        holds = True
        match kind:
            case "series":
                holds = len({one.source_id.split("-")[0] for one in both}) == 1
            case "director":
                holds = all(name in one.directors for one in both for name in names)
            case "actors":
                holds = all(name in one.actors for one in both for name in names)
            case "country":
                holds = self._kinds_hold(str(named["names"]), both, COUNTRIES[self.language], "countries")
            case "kinds":
                said = named.get("names") or f"of the {named['when']}"
                holds = self._kinds_hold(said, both, GENRES[self.language], "genres")
            case "own":
                holds = self._kinds_hold(str(named["names"]), [film], GENRES[self.language], "genres")
            case "rated":
                holds = str(named["rating"]).replace(",", ".") == f"{film.imdb_rating:.1f}"
                rest = named.get("names")
                if holds and rest and rest != str(film.year):
                    holds = self._kinds_hold(rest, [film], GENRES[self.language], "genres")
            case "best":
                holds = (film.imdb_rating or 0) >= 8
        return "" if holds else f"{kind} is not so"

    def _kinds_hold(self, said: str, films: list[Film], known: Mapping[str, str], field: str) -> bool:
        if found := _WHEN.match(said):
            decade = int(found["en"] or found["ru"])
            if any(one.year is None or one.year // 10 * 10 != decade for one in films):
                return False
            said = found["names"] or ""
        folded = {name.casefold(): value for name, value in known.items()}
        words = [word.casefold() for word in re.split(r", | and | и ", said) if word]
        return all(word in folded and folded[word] in getattr(one, field) for one in films for word in words)
