"""Films and people named in a request, as far as the catalogue holds them.

A request says no title and no name for certain: "like …" and "with …" only make them likely, and the catalogue decides.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from chalicelib.catalog.model import Film, FilmQuery
from chalicelib.catalog.port import Catalog
from chalicelib.catalog.titles.aliases import names_of
from chalicelib.catalog.titles.match import Match, match_titles
from chalicelib.catalog.titles.mentions import Mention
from chalicelib.catalog.titles.normalize import is_cyrillic, sound_of, title_words, words
from chalicelib.catalog.titles.stems import stem
from chalicelib.catalog.top import popularity
from chalicelib.catalog.typed.spoken import SURE_FILMS_MIN, alike, joined, people_meant
from chalicelib.recommendations.wishes.fillers import FILLERS, PERSON_CUES
from chalicelib.recommendations.wishes.lexicon import countries, genres
from chalicelib.recommendations.wishes.themes import themes
from chalicelib.recommendations.wishes.tokens import QUOTES, STOPS, Draft

TITLE_WORDS_MAX, NAME_WORDS_MAX = 7, 3
SEARCHES_MAX = 5  # of each kind: a request is answered within 150 ms
CAST_FILMS = 60  # in which a name is looked for
TITLED_FILMS = 10  # among which a title in some case is looked for
NAME_LETTERS_MIN = 3
_NAME_IN_Y = re.compile(r"(?<=[аеиоуыэ])(?:ем|я|ю|е)$")  # Мюрреем, Юрием, Андрея: cases of names in й
LETTERS_ALIKE = 3  # of a first name beside its family name: enough, whatever its case

_LIKE = re.compile(
    r"(?:^|(?<=\s))(?:(?P<un>(?:not|nothing|не|ничего)\s+)?(?:anything |something |что-то |что-нибудь )?"
    r"(?:similar to|same as|reminds? (?:me )?of|reminiscent of|in the (?:style|spirit|vein|mood) of|along the lines of"
    r"|(?:i |we |if you |if i )?(?:really )?(?:liked|loved|enjoyed)|(?:for )?fans? of|понравил\w+"
    r"|(?:мне )?нравится|люблю|обожаю"
    r"|as (?:good|funny|scary|tense|great|dark|smart) as|kind of like|such as|like|à la|a la"
    r"|похож\w* на|напомина\w+|в духе|в стиле|вроде|наподобие|по типу|типа|как(?: в| и)?|аналог\w*|в роде))\s+",
    re.IGNORECASE,
)
_IS_PLAIN_LIKENESS = re.compile(r"similar|remind|style|похож|напомин|духе|стиле|вроде", re.IGNORECASE)
CLEARLY_BETTER_KNOWN = 0.12  # of `popularity`, a hundred times as many votes being 0.3: of films that begin alike
_BOUNDS = frozenset(
    ["but", "но", "only", "только", "not", "не", "without", "без", "nothing", "ничего", "with", "с", "и", "and"]
)
"""Words that end most titles' mention: a span with one is a title as it stands, or none."""
_NO_CUE_BEFORE = re.compile(r"(?:would|i['’]?d|we['’]?d|you|i|don['’]t|not sure|так|не)\s+$", re.IGNORECASE)


def take_whole_title(catalog: Catalog, draft: Draft) -> None:
    """Takes all of a request that is nothing but a film's title, as a viewer types it into a search: as words."""
    last = len(draft.tokens) - 1
    is_short = 0 <= last < TITLE_WORDS_MAX and not any(token.is_sign for token in draft.tokens)
    if not is_short or not draft.tokens[0].is_capital or all(_is_kind(draft, n, n) for n in range(last + 1)):
        return
    if _matched(catalog, draft, [(0, last)])[0] or (last and _in_some_case(catalog, draft, 0, last)):
        draft.wish("words", " ".join(draft.words(0, last)), 0, last)


def take_titles(catalog: Catalog, draft: Draft) -> None:
    """Takes the films that others are to be like, or unlike, out of the draft."""
    searches = SEARCHES_MAX
    for cue in _LIKE.finditer(draft.text):
        if not cue["un"] and _NO_CUE_BEFORE.search(draft.text[: cue.start()]) and not _IS_PLAIN_LIKENESS.search(cue[0]):
            continue
        spans = list(_titled_spans(draft, cue.end()))
        if not spans:
            continue
        begins = next(place for place, token in enumerate(draft.tokens) if token.end > cue.start())
        for span, film in zip(spans, _matched(catalog, draft, spans), strict=True):
            if _is_kind(draft, *span):
                continue
            found = film
            if searches and _BOUNDS.isdisjoint(draft.words(*span)):
                searches -= 1
                found = _better_known(film, _in_some_case(catalog, draft, *span))
            if found is not None:
                draft.wish("unlike" if cue["un"] else "like", titled(found), begins, span[1])
                break


def _is_kind(draft: Draft, first: int, last: int) -> bool:
    """Whether the words name a genre or country, or a person's films: "like comedies", "like a Hitchcock film"."""
    after = draft.tokens[last + 1].word if last + 1 < len(draft.tokens) else ""
    stems = tuple(stem(word) for word in draft.words(first, last) if word not in ("a", "an", "the", "some"))
    return not stems or stems in genres() or stems in countries() or after in ("film", "films", "movie", "movies")


def _better_known(film: Film | None, other: Film | None) -> Film | None:
    """The film called so, unless one that is called so and more is clearly meant: "The Lord of the Rings"."""
    if film is None or other is None:
        return film or other
    return other if popularity(other) - popularity(film) > CLEARLY_BETTER_KNOWN else film


def titled(film: Film) -> str:
    """A film as a wish's value names it."""
    return film.titles.main if film.year is None else f"{film.titles.main} ({film.year})"


def _titled_spans(draft: Draft, start: int) -> Iterator[tuple[int, int]]:
    """First and last of the words behind `start` that may be a title, most words first."""
    places = [place for place, token in enumerate(draft.tokens) if token.start >= start]
    if not places or not draft.is_free(places[0]):
        return
    first = places[0]
    if draft.tokens[first].word in QUOTES:
        closing = next((place for place in places[1:] if draft.tokens[place].word in QUOTES), None)
        if closing is not None and closing > first + 1:
            yield first + 1, closing - 1
            return
        first += 1
    last = first - 1
    for place in range(first, min(first + TITLE_WORDS_MAX, len(draft.tokens))):
        if not draft.is_free(place) or draft.tokens[place].word in STOPS - {":", "."}:
            break
        last = place
    yield from ((first, end) for end in range(last, first - 1, -1) if not draft.tokens[end].is_sign)


def likeliest(match: Match) -> Film | None:
    """The film meant by a title; of several so called the best known."""
    return match.film or max(match.others, key=popularity, default=None)


def _matched(catalog: Catalog, draft: Draft, spans: Sequence[tuple[int, int]]) -> list[Film | None]:
    """The film of each span that is a title as it stands; of several so called the best known."""
    matches = match_titles(catalog, [Mention(draft.said(*span), None) for span in spans])
    return [
        None  # one word with a slip may be any word
        if match.how == "near" and span[0] == span[1]
        else likeliest(match)
        for span, match in zip(spans, matches, strict=True)
    ]


def _in_some_case(catalog: Catalog, draft: Draft, first: int, last: int) -> Film | None:
    """The film whose title these words are in some case, or the best known whose title begins so."""
    said = tuple(map(stem, title_words(draft.said(first, last))))
    if not said or (len(said) == 1 and draft.tokens[first].word in FILLERS):
        return None
    whole, begun = list[Film](), list[Film]()
    for film in catalog.search(FilmQuery(text=" ".join(draft.words(first, last)), limit=TITLED_FILMS)).films:
        named = [tuple(map(stem, title_words(name))) for name in names_of(film)]
        if said in named:
            whole.append(film)
        elif any(name[: len(said)] == said for name in named):
            begun.append(film)
    if len(said) == 1 and not draft.tokens[first].is_capital:
        begun = []
    return _better_known(max(whole, key=popularity, default=None), max(begun, key=popularity, default=None))


def take_people(catalog: Catalog, draft: Draft) -> None:
    """Takes the people who are to be in the films out of the draft."""
    searches = SEARCHES_MAX
    for run_first, run_last in list(draft.runs(FILLERS)):
        place = run_first
        while place <= run_last:
            for length in range(min(NAME_WORDS_MAX, run_last - place + 1), 0, -1):
                last = place + length - 1
                if searches and _may_be_name(draft, place, last):
                    searches -= 1
                    is_cued = _is_cued(draft, place, last)
                    person = _person(catalog, draft.words(place, last), is_cued=is_cued)
                    if person and not _is_somebody_else(draft, place, person):
                        draft.wish("person", person, _with_first_names(draft, place, person), last)
                        place = last
                        break
            place += 1


def _may_be_name(draft: Draft, first: int, last: int) -> bool:
    """Whether the words may be somebody's: several, or one that is written or said so."""
    some = draft.tokens[first : last + 1]
    if any(len(token.word) < NAME_LETTERS_MIN and len(some) == 1 for token in some):
        return False
    if any(token.word.isdigit() for token in some):
        return False
    stems = draft.stems(first, last)
    if any((one,) in themes() or (one,) in genres() or (one,) in countries() for one in stems):
        return False
    is_written_so = any(token.is_capital and place for place, token in enumerate(some, first))
    return is_written_so or len(some) > 1 or _is_cued(draft, first, last) or _is_beside_kind(draft, last)


def _is_cued(draft: Draft, first: int, last: int) -> bool:
    """Whether what stands around the words makes them a name: "with …", "… films", or nothing at all."""
    before = draft.tokens[first - 1].word if first else ""
    after = draft.tokens[last + 1].word if last + 1 < len(draft.tokens) else ""
    is_all = not draft.plan and list(draft.runs(FILLERS)) == [(first, last)]
    return is_all or before in PERSON_CUES or after in ("films", "film", "movie", "movies")


def _is_beside_kind(draft: Draft, last: int) -> bool:
    """Whether a kind of film follows: "a hitchcock thriller"."""
    after = last + 1
    return after < len(draft.tokens) and not draft.is_free(after) and not draft.tokens[after].is_sign


def _is_somebody_else(draft: Draft, place: int, person: str) -> bool:
    """Whether a first name stands before the family name that is not theirs: James Bond is no Ward Bond."""
    if not draft.is_free(place - 1):
        return False
    before = draft.tokens[place - 1]
    is_name = before.is_capital and before.word not in FILLERS and not is_cyrillic(before.word)
    return is_name and before.word not in words(person)


def _with_first_names(draft: Draft, place: int, person: str) -> int:
    """The first of the words before a family name that are the person's too, in whatever case: "с Юрием Никулиным"."""
    own = {sound_of(part)[:LETTERS_ALIKE] for part in words(person)}
    while draft.is_free(place - 1):
        before = draft.tokens[place - 1]
        is_part = before.is_capital and before.word not in FILLERS
        if not is_part and sound_of(before.word)[:LETTERS_ALIKE] not in own:
            break
        place -= 1
    return place


def find_person(catalog: Catalog, name: str) -> str | None:
    """Who is called so, in whichever alphabet, as the catalogue writes them; a single name is somebody's in several
    films."""
    said = words(name)
    return _person(catalog, said, is_cued=len(said) > 1) if said else None


def _person(catalog: Catalog, said: tuple[str, ...], *, is_cued: bool) -> str | None:
    """Who is meant, as the catalogue writes them; somebody said by one name must be in several films."""
    whole = tuple(_NAME_IN_Y.sub("й", word) for word in said)
    ways = dict.fromkeys((said, whole, joined(said)) if is_cyrillic(said[0]) else (said,))
    return next((person for way in ways if (person := _person_called(catalog, way, is_cued=is_cued))), None)


def _person_called(catalog: Catalog, said: tuple[str, ...], *, is_cued: bool) -> str | None:
    films = catalog.search(FilmQuery(text=" ".join(said), limit=CAST_FILMS)).films
    people = [name for film in films for name in dict.fromkeys((*film.directors, *film.actors))]
    parts = {part for name in people for part in words(name)}
    heard = [alike(word, parts) for word in said]
    if not all(heard):
        return None
    meant = set(people_meant(people, heard, sure=len(said) == 1 and not is_cued))
    known: Counter[str] = Counter()
    directed: Counter[str] = Counter()
    for film in films:
        for name in dict.fromkeys((*film.directors, *film.actors)):
            if " ".join(words(name)) in meant and _has_family_name(name, heard):
                known[name] += 1
                directed[name] += name in film.directors
    if not known:
        return None
    best, count = max(known.items(), key=lambda pair: (pair[1], directed[pair[0]], pair[0]))
    return best if len(said) > 1 or count >= SURE_FILMS_MIN else None


def _has_family_name(name: str, heard: Sequence[Mapping[str, int]]) -> bool:
    """Whether the last of their names was said: "with Tom" says nobody."""
    own = [part for part in words(name) if part not in ("jr", "sr")]
    return any(own[-1] in one for one in heard)
