"""Genres, countries and decades as people say them, in Russian and English, and the tags of films for them. Pure.

Words are compared by their stems, so that each stands here once, whatever its case and number. A catalogue may call its
genres and countries in either language: a word leads to the tags of all names of its genre or country.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache

from chalicelib.catalog.titles.normalize import words
from chalicelib.catalog.titles.stems import stem, stems_of

# The names a catalogue may have for a genre (IMDb's, MovieLens', Russian sites'), and what people say besides.
GENRES: tuple[tuple[str, str], ...] = (
    ("Action, боевик, боевики, экшен", "экшн, боевичок"),
    ("Adventure, приключения, приключение", "приключенческий, приключенческое, adventurous"),
    ("Animation, мультфильм, мультфильмы, анимация", "мультик, мульт, мультипликация, мультипликационный, "
     "анимационный, анимационное, cartoon, animated"),
    ("Anime, аниме", ""),
    ("Biography, биография", "биографический, биографическое, байопик, biopic, biographical"),
    ("Children, Family, семейный, детский, для детей", "семейное, детское, детям, kids, kid"),
    ("Comedy, комедия, комедии", "комедийный, комедийное, comedic"),
    ("Crime, криминал, криминальный", "криминальное, гангстерский, гангстеры, gangster"),
    ("Documentary, документальный, документальное", "документалка, doc"),
    ("Drama, драма, драмы", "драматический, драматическое, dramatic"),
    ("Fantasy, фэнтези, фентези", "фэнтезийный, сказка"),
    ("Film-Noir, Film Noir, Noir, нуар, фильм-нуар", "нуарный"),
    ("History, история, исторический", "историческое, historical"),
    ("Horror, ужасы", "ужас, ужастик, хоррор, scary"),
    ("Music, музыка, музыкальный", "музыкальное"),
    ("Musical, мюзикл, мюзиклы", "музыкальный, музыкальное"),
    ("Mystery, детектив, детективы, мистика", "детективный, детективное, мистический, whodunit, detective"),
    ("Romance, мелодрама, мелодрамы, романтика", "мелодрам, романтический, романтическое, романтичный, "
     "мелодраматический, romantic"),
    ("Sci-Fi, Science Fiction, фантастика, научная фантастика", "фантастический, фантастическое, "
     "научно фантастический, scifi"),
    ("Short, короткометражка, короткометражный", "короткий метр"),
    ("Sport, спорт, спортивный", "спортивное, sports"),
    ("Thriller, триллер, триллеры", "саспенс, suspense"),
    ("War, военный, война", "военное, про войну"),
    ("Western, вестерн, вестерны", ""),
)  # fmt: skip
# The names a catalogue may have for a country, and the adjectives that people use. Its name alone is no such word: it
# is more often a title ("Brazil"). Nor is "American": two films in three are.
COUNTRIES: tuple[tuple[str, str], ...] = (
    ("Argentina, Аргентина", "аргентинский, argentine, argentinian"),
    ("Australia, Австралия", "австралийский, australian"),
    ("Austria, Австрия", "австрийский, austrian"),
    ("Belgium, Бельгия", "бельгийский, belgian"),
    ("Brazil, Бразилия", "бразильский, brazilian"),
    ("Canada, Канада", "канадский, canadian"),
    ("China, Китай", "китайский, chinese"),
    ("Czech Republic, Czechia, Czechoslovakia, Чехия, Чехословакия", "чешский, чехословацкий, czech"),
    ("Denmark, Дания", "датский, danish"),
    ("Finland, Финляндия", "финский, finnish"),
    ("France, Франция", "французский, french"),
    ("Germany, West Germany, East Germany, Германия, ФРГ, ГДР", "немецкий, германский, german"),
    ("Hong Kong, British Hong Kong, Гонконг", "гонконгский"),
    ("Hungary, Венгрия", "венгерский, hungarian"),
    ("Iceland, Исландия", "исландский, icelandic"),
    ("India, Индия", "индийский, indian"),
    ("Iran, Иран", "иранский, iranian"),
    ("Ireland, Ирландия", "ирландский, irish"),
    ("Israel, Израиль", "израильский, israeli"),
    ("Italy, Италия", "итальянский, italian"),
    ("Japan, Япония", "японский, japanese"),
    ("Mexico, Мексика", "мексиканский, mexican"),
    ("Netherlands, Нидерланды", "голландский, нидерландский, dutch"),
    ("New Zealand, Новая Зеландия", "новозеландский"),
    ("Norway, Норвегия", "норвежский, norwegian"),
    ("Poland, Польша", "польский, polish"),
    ("Romania, Румыния", "румынский, romanian"),
    ("Russia, Россия", "российский, russian"),
    ("Russia, Soviet Union, USSR, Россия, СССР", "русский"),
    ("Soviet Union, USSR, СССР, Советский Союз", "советский, ссср, soviet, ussr"),
    ("South Korea, Korea, Южная Корея, Корея", "корейский, южнокорейский, korean"),
    ("Spain, Испания", "испанский, spanish"),
    ("Sweden, Швеция", "шведский, swedish"),
    ("Switzerland, Швейцария", "швейцарский, swiss"),
    ("Taiwan, Тайвань", "тайваньский, taiwanese"),
    ("Thailand, Таиланд", "тайский, thai"),
    ("Turkey, Турция", "турецкий, turkish"),
    ("Ukraine, Украина", "украинский, ukrainian"),
    ("United Kingdom, UK, Great Britain, Великобритания", "британский, английский, british"),
    ("United States, USA, США", "американский"),
)  # fmt: skip
_DECADE_WORDS = {
    "тридцатые": 3, "сороковые": 4, "пятидесятые": 5, "шестидесятые": 6, "семидесятые": 7, "восьмидесятые": 8,
    "девяностые": 9, "thirties": 3, "forties": 4, "fifties": 5, "sixties": 6, "seventies": 7, "eighties": 8,
    "nineties": 9,
}  # fmt: skip
_DECADE = re.compile(r"(18|19|20)?(\d)0(s|х|е|ые|ых)?")
_DECADE_ENDINGS = ("s", "х", "е", "ые", "ых")
YEAR = re.compile(r"(18[89]\d|19\d\d|20[0-4]\d)")
PHRASE_WORDS_MAX = 2


def genre_tag(genre: str) -> str:
    """How films are marked with a genre."""
    return "g_" + "_".join(words(genre))


def country_tag(country: str) -> str:
    """How films are marked with a country they come from."""
    return "c_" + "_".join(words(country))


def find_genre(said: Sequence[str]) -> tuple[str, ...]:
    """The tags of the genre that these folded words name together; empty when they name none."""
    return _genres().get(tuple(map(stem, said)), ())


def find_country(said: Sequence[str]) -> tuple[str, ...]:
    """The tags of the country whose adjective these folded words are; empty when they are none."""
    return _countries().get(tuple(map(stem, said)), ())


def find_decade(said: Sequence[str]) -> tuple[str, ...]:
    """The tag of the decade that one or two folded words name: "90s", "90 х", "1990 е", "девяностых"."""
    if len(said) == 1 and (number := _decade_words().get(stem(said[0]))):
        return (f"d_19{number}",)
    found = _DECADE.fullmatch("".join(said))
    if not found or not found[3] or (len(said) > 1 and said[1] not in _DECADE_ENDINGS):
        return ()
    century = found[1] or ("19" if int(found[2]) >= 3 else "20")
    return (f"d_{century}{found[2]}",)


@cache
def _genres() -> dict[tuple[str, ...], tuple[str, ...]]:
    by_stems: dict[tuple[str, ...], tuple[str, ...]] = {}
    for names, more in GENRES:
        _add(by_stems, f"{names}, {more}", map(genre_tag, names.split(",")))
    return by_stems


@cache
def _countries() -> dict[tuple[str, ...], tuple[str, ...]]:
    by_stems: dict[tuple[str, ...], tuple[str, ...]] = {}
    for names, adjectives in COUNTRIES:
        _add(by_stems, adjectives, map(country_tag, names.split(",")))
    return by_stems


def _add(by_stems: dict[tuple[str, ...], tuple[str, ...]], said: str, tags: Iterable[str]) -> None:
    some = tuple(tags)
    for one in said.split(","):
        if stems := stems_of(one):
            by_stems[stems] = tuple(dict.fromkeys((*by_stems.get(stems, ()), *some)))


@cache
def _decade_words() -> dict[str, int]:
    return {stem(word): number for word, number in _DECADE_WORDS.items()}
