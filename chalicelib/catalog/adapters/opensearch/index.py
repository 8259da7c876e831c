"""The index design: how a film is laid out in OpenSearch, for Russian and English.

Names arrive folded by `folding.py` (ё/е, «», diacritics, dashes, apostrophes), so both engines agree on what a word is;
the analysers only stem and cut prefixes. `keys` are exact folded titles. The mapping is strict: a field that is not
described here is refused, not guessed.
"""

from chalicelib.catalog.flat_fields import document_of
from chalicelib.catalog.model import Film
from chalicelib.catalog.similarity import tags_of
from chalicelib.catalog.titles.aliases import keys_of, names_of, searchable
from chalicelib.catalog.titles.normalize import fold, is_cyrillic, sound_of, words
from chalicelib.catalog.top import film_weight, novelty, popularity
from chalicelib.catalog.typed.spoken import keys_of_name

FAME_FLOOR = 0.4  # a film nobody voted for keeps this share of its text score
PREFIX_LETTERS_MAX = 15
KEY_LETTERS_MAX = 200  # keys longer than this are no titles; Lucene refuses terms over 32 KB

SETTINGS = {
    "index": {
        "number_of_shards": 1,  # a million films are some gigabytes at most, and one shard scores consistently
        "number_of_replicas": 0,  # while loading; opened up before the swap
        "refresh_interval": "-1",
    },
    "analysis": {
        "filter": {
            "russian": {"type": "stemmer", "language": "russian"},  # leaves Latin letters alone, as the English one
            "english": {"type": "stemmer", "language": "english"},  # does Cyrillic ones
            "prefixes": {"type": "edge_ngram", "min_gram": 2, "max_gram": PREFIX_LETTERS_MAX},
            "within_prefixes": {"type": "truncate", "length": PREFIX_LETTERS_MAX},
        },
        "analyzer": {
            "folded": {"tokenizer": "whitespace", "filter": ["lowercase"]},
            "stems": {"tokenizer": "whitespace", "filter": ["lowercase", "russian", "english"]},
            "starts": {"tokenizer": "whitespace", "filter": ["lowercase", "prefixes"]},
            "typed": {"tokenizer": "whitespace", "filter": ["lowercase", "within_prefixes"]},
        },
    },
}
_STARTS = {"type": "text", "analyzer": "starts", "search_analyzer": "typed", "norms": False}
MAPPING = {
    "dynamic": "strict",
    "_source": {"includes": ["film"]},
    "properties": {
        "film": {"type": "object", "enabled": False},  # the film itself, as answered
        "film_id": {"type": "keyword"},
        "source_ids": {"type": "keyword"},
        "keys": {"type": "keyword", "norms": False},
        "names": {
            "type": "text", "analyzer": "folded",
            "fields": {"stems": {"type": "text", "analyzer": "stems"}, "starts": _STARTS},
        },
        "sounds": {"type": "text", "analyzer": "folded", "fields": {"starts": _STARTS}},
        "people": {"type": "text", "analyzer": "folded", "fields": {"starts": _STARTS}},
        "description": {"type": "text", "analyzer": "stems"},
        "genres": {"type": "keyword"},
        "tags": {"type": "keyword"},
        "year": {"type": "short"},
        "rating": {"type": "float"},
        "weight": {"type": "float"},
        "fame": {"type": "float"},
        # What the sorts go by: never missing, so that a cursor can stand anywhere.
        "by_standing": {"type": "double"},
        "by_rating": {"type": "double"},
        "by_year": {"type": "short"},
        "by_added": {"type": "double"},
        # What the rule of `availability.py` looks at.
        "age_rating": {"type": "byte"},
        "available_from": {"type": "date"},
        "available_until": {"type": "date"},
        "regions": {"type": "keyword"},
    },
}  # fmt: skip


def entry_of(film: Film) -> dict[str, object]:
    """The film as the index holds it."""
    names = names_of(film)
    people = (*film.directors, *film.actors)
    weight = film_weight(film)
    fame = popularity(film)
    entry = {
        "film": document_of(film),
        "film_id": film.film_id,
        "source_ids": sorted({source for source in (film.source_id, film.imdb_id) if source}),
        "keys": sorted(key for key in keys_of(film) if len(key) <= KEY_LETTERS_MAX),
        "names": [searchable(name) for name in names],
        "sounds": " ".join(sound_of(word) for name in (*names, *people) for word in words(name) if is_cyrillic(word)),
        "people": [fold(person) for person in people],
        "description": fold(film.description or ""),
        "genres": [genre.lower() for genre in film.genres],
        "tags": tags_of(film)
        + sorted({key for person in people for word in words(person) for key in keys_of_name(word)}),
        "year": film.year,
        "rating": film.imdb_rating,
        "weight": weight,
        "fame": FAME_FLOOR + fame,
        "by_standing": (weight or 0.0) + fame,
        "by_rating": weight if weight is not None else -1.0,
        "by_year": film.year if film.year is not None else -1,
        "by_added": novelty(film),
        "age_rating": film.age_rating,
        "available_from": film.available_from,
        "available_until": film.available_until,
        "regions": list(film.regions),
    }
    return {name: value for name, value in entry.items() if value not in (None, "", [])}
