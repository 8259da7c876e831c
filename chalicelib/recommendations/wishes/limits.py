"""Years, lengths and ages in a request. Pure.

Rules over its words with numbers written as figures, so that "не длиннее полутора часов", "under 90 minutes" and "at
most an hour and a half" are one rule. A limit that excludes its own year ("after 2000") is kept as the next one.
"""

import re
from collections.abc import Iterator

from chalicelib.catalog.typed.kind_words import find_decade
from chalicelib.recommendations.wishes.tokens import Draft

SHORT_MINUTES, NOT_LONG_MINUTES = 90, 120  # what "a short film" and "not too long" mean
AGES = (0, 6, 12, 16, 18)
KIDS_AGE, FAMILY_AGE, TEENS_AGE = 6, 12, 12  # where no age is said
FIRST_YEAR, LAST_YEAR = 1880, 2100

_NUMBERS = {
    "один": "1", "одного": "1", "одна": "1", "два": "2", "двух": "2", "две": "2", "три": "3", "трех": "3",
    "четыре": "4", "четырех": "4", "пять": "5", "пяти": "5", "шесть": "6", "шести": "6", "семь": "7", "семи": "7",
    "восемь": "8", "восьми": "8", "девять": "9", "девяти": "9", "десять": "10", "десяти": "10", "двенадцать": "12",
    "двенадцати": "12", "двадцать": "20", "двадцати": "20", "тридцать": "30", "тридцати": "30", "сорок": "40",
    "сорока": "40", "пятьдесят": "50", "пятидесяти": "50", "шестьдесят": "60", "шестидесяти": "60", "девяносто": "90",
    "девяноста": "90", "сто": "100", "ста": "100", "полтора": "1.5", "полутора": "1.5", "полчаса": "30мин",
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "ten": "10", "eleven": "11", "twelve": "12", "thirty": "30", "forty": "40", "sixty": "60",
    "seventy": "70", "eighty": "80", "ninety": "90", "hundred": "100",
}  # fmt: skip
_OF_YEARS = {
    "двух": 2, "трех": 3, "четырех": 4, "пяти": 5, "шести": 6, "семи": 7, "восьми": 8, "девяти": 9, "десяти": 10,
    "двенадцати": 12, "тринадцати": 13,
}  # fmt: skip
_DECADES = {
    "двухтысячн": 2000,
    "нулевы": 2000,
    "nought": 2000,
    "двадцатые": 1920,
    "двадцатых": 1920,
    "десятых": 2010,
    "twenties": 1920,
}  # by how the word begins
_ENDINGS = ("х", "е", "ые", "ых", "s", "тых", "тые")

_UNIT_M, _UNIT_H = r"(?:min\w*|мин\w*|м|m)\b", r"(?:hours?|hrs?|час\w*|ч|h)\b"
_LENGTH = (
    rf"(?:(?P<h>\d+(?:\.5| [.,] 5)?) {_UNIT_H}(?: (?:and|и))?(?: (?P<hm>\d+)(?: {_UNIT_M})?| a (?P<hhalf>half))?"
    rf"|(?:an? )?(?P<hour>hour|часа?)\b(?: (?:and|и))?(?: (?P<m2>\d+)(?: {_UNIT_M})?| a (?P<half>half))?"
    rf"|(?P<m>\d+) ?{_UNIT_M}|(?P<m3>\d+)мин)"
)
_AT_MOST = (
    r"(?:(?:not?|nothing|не|ничего|and|и) )?(?:longer than|more than|over|длиннее|дольше|более|больше|свыше) "
    r"|(?:under|below|within|less than|shorter than|up to|at most|maximum|max|no more than|короче|меньше|менее|до"
    r"|максимум|в пределах|на|в|around|about|around) "
)
_LENGTHS = re.compile(rf"\b(?:{_AT_MOST})?{_LENGTH}")
_ON_MINUTES = re.compile(r"\b(?P<unit>минут|часа?|часов) на (?P<n>\d+(?:\.5)?)\b")
_TOO_LONG = re.compile(
    r"\b(?:not|не|isn t|no) (?:too |very |so |слишком |очень |сильно |особо )?(?:long|длинн\w+|долг\w+|затянут\w+)\b"
)
_SHORT = re.compile(r"\b(?:short|коротк\w+|покороче|недлинн\w+|недолг\w+|коротеньк\w+|quick)\b")

_Y = r"(?P<{0}>(?:18[89]\d|19\d\d|20[0-4]\d)\b|D\d{{4}})"
_OF_YEAR = r"(?: (?:год\w*|г|гг))?"
_RANGE = re.compile(
    rf"\b(?:(?:с|from|between|от|между|после|after) )?{_Y.format('a')}{_OF_YEAR}"
    rf"(?: ,)?(?: (?:and|и|но|or|или))?(?: (?:по|до|to|through|until|till|before|and|и))? {_Y.format('b')}{_OF_YEAR}"
)
_THE = r"(?: (?:the|the year|start of the|end of the|выход\w+ в|начала|конца))?"
_NONE = r"(?:ничего|nothing|не|no|not|none|никаких|без)(?: \w+)?"
_AFTER = r"(?:после|after|новее|позже|позднее|newer than|later than|past|more recent than)"
_BEFORE = r"(?:до|before|старше|раньше|ранее|older than|earlier than|prior to|pre)"
_ON = r"(?: (?:on|onwards?|onward|and later|or later|or newer|and up|и позже|и новее|и далее|or after))"
_YEAR = _Y.format("y") + _OF_YEAR
_SINCE = r"(?:since|с|начиная с|от|starting(?: from| in)?)"
_UNTIL = r"(?:until|till|up to|by|по|не позже)"
_OR_OLDER = r"(?:or older|or earlier|and earlier|or before|и раньше|и старше)"
_PART = r"(?:(?P<part>early|late|mid|начал\w+|кон\w+|середин\w+) )?(?:the )?"
_YEARS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("not_after", re.compile(rf"\b{_NONE} {_AFTER}{_THE} {_YEAR}")),
    ("not_before", re.compile(rf"\b{_NONE} {_BEFORE}{_THE} {_YEAR}")),
    ("after", re.compile(rf"\b{_AFTER}{_THE} {_YEAR}")),
    ("before", re.compile(rf"\b{_BEFORE}{_THE} {_YEAR}")),
    ("not_before", re.compile(rf"\b{_SINCE}{_THE} {_YEAR}{_ON}?")),
    ("not_before", re.compile(rf"\b(?:from )?{_YEAR}{_ON}")),
    ("not_after", re.compile(rf"\b{_UNTIL}{_THE} {_YEAR}")),
    ("not_after", re.compile(rf"\b{_YEAR} {_OR_OLDER}")),
    ("in", re.compile(rf"\b{_PART}{_YEAR}")),
)

_KIDS = (
    r"(?:ребен\w*|дет(?:и|ей|ям|ьми|ишк\w*)|детк\w*|сын\w*|доч\w*|малыш\w*|внук\w*|внуч\w*|школьник\w*|подрост\w+"
    r"|kids?|child|children|sons?|daughters?|boys?|girls?|toddlers?|teen\w*|grand(?:son|daughter|child|children)|grandkids)"
)
_YEARS_OLD = r"(?:лет|годик\w*|год(?:а|у|ам)?|years? olds?|year olds?|yo|летн\w+)"
_YOUNGER = r"(?:до|младше|under|below|aged?|of|от)"
_AGED = re.compile(rf"\b(?:{_KIDS} )?(?:{_YOUNGER} )?(?P<n>\d{{1,2}}) {_YEARS_OLD}(?: {_KIDS})?")
_KIDS_AGED = re.compile(
    rf"\b{_KIDS} (?:(?P<below>under|below|до|младше) |aged? |of |от |are |is )?(?P<n>\d{{1,2}})\b"
    r"(?: (?:and|и|,) \d{1,2}\b)?(?! (?:min|мин|час|hour))"
)
_CLASS = re.compile(r"\b(?P<n>0|6|12|16|18) \+")
_MPAA = re.compile(
    r"\b(?:(?:nothing|not|no|не|без|ничего)(?: \w+){0,2} (?P<not>r)(?: rated)?"
    r"|rated (?P<g>g|pg(?: 13)?)|(?P<pg>pg(?: 13)?)(?: rated)?)\b"
)
_FOR_KIDS = re.compile(
    r"\b(?:kids?|child|children|toddlers?|little ones|sons?|daughters?|grandchildren|grandkids|детск\w+"
    r"|дет(?:и|ям|ей|ьми|ишк\w*)|детк\w*|ребен\w*|малыш\w*|внук\w*|внуч\w*|сын(?:ом|у|а|ишк\w*)|доч(?:к\w*|ер\w*|ь))\b"
)
_FOR_FAMILY = re.compile(r"\b(?:family|families|семь(?:я|и|ей|ю|е)|семейн\w+)\b")
_FOR_TEENS = re.compile(r"\b(?:teen(?:s|ager|agers)?|подрост\w+)\b")
_ABOUT = re.compile(r"\b(?:про|о|об|about|not|no|не|без)(?: \w+)? $")


def take_limits(draft: Draft) -> None:
    """Takes every year, length and age out of the draft."""
    _take_ages(draft)
    _take_lengths(draft)
    _take_years(draft)


def class_of_age(years: int) -> int:
    """The highest class of films for somebody that old."""
    return max(one for one in AGES if one <= years)


class _Line:
    """The free words as one line with figures for numbers, and which token each letter belongs to."""

    def __init__(self, draft: Draft) -> None:
        parts, self._tokens = list[str](), list[tuple[int, int, int]]()
        at = 0
        for said, first, last in _items(draft):
            parts.append(said)
            self._tokens.append((at, first, last))
            at += len(said) + 1
        self.text = " ".join(parts)

    def place(self, found: re.Match[str]) -> tuple[int, int]:
        """The first and the last token of what was found."""
        inside = [(first, last) for at, first, last in self._tokens if found.start() <= at < found.end()]
        return inside[0][0], inside[-1][1]


def _items(draft: Draft) -> Iterator[tuple[str, int, int]]:
    place = 0
    while place < len(draft.tokens):
        token, after = draft.tokens[place], draft.tokens[place + 1].word if place + 1 < len(draft.tokens) else ""
        if not draft.is_free(place):
            yield "#", place, place
        elif after in _ENDINGS and (decade := find_decade((token.word, after))):
            yield _decade(decade), place, place + 1
            place += 1
        elif number := next((year for begins, year in _DECADES.items() if token.word.startswith(begins)), 0):
            yield f"D{number}", place, place
        elif re.fullmatch(r"\d0", token.word) and re.fullmatch(r"\d0(?:s|х|е)?", after):  # "80-90-х"
            yield f"D{19 if token.word >= '30' else 20}{token.word}", place, place
        elif (decade := find_decade((token.word,))) and token.word not in _NUMBERS:
            yield _decade(decade), place, place
        else:
            yield from ((part, place, place) for part in _figures(token.word).split())
        place += 1


def _decade(tags: tuple[str, ...]) -> str:
    return f"D{tags[0].removeprefix('d_')}0"


def _figures(word: str) -> str:
    for beginning, years in _OF_YEARS.items():
        if word.startswith(f"{beginning}летн"):
            return f"{years} летн"
    if hours := re.fullmatch(r"(\d)[hч](\d\d)", word):
        return f"{60 * int(hours[1]) + int(hours[2])} min"
    apart = re.fullmatch(r"(\d+)(летн\w*|min\w*|мин\w*|h|ч|лет|yo)", word)
    return f"{apart[1]} {apart[2]}" if apart else _NUMBERS.get(word, word)


def _take_ages(draft: Draft) -> None:
    for rule in (_CLASS, _MPAA, _AGED, _KIDS_AGED):
        line = _Line(draft)
        for found in rule.finditer(line.text):
            said = found.groupdict()
            if rule is _MPAA:
                age = 12 if said["not"] else {"g": 0, "pg": 6, "pg 13": 12}[str(said["g"] or said["pg"])]
            else:
                below = said.get("below") or re.search(r"\b(?:до|младше|under|below) \d", found[0])
                age = class_of_age(max(0, int(said["n"]) - bool(below)))
            draft.wish("age_limit", age, *line.place(found))
    if "age_limit" in draft.kinds():
        return
    line = _Line(draft)
    for rule, age in ((_FOR_KIDS, KIDS_AGE), (_FOR_FAMILY, FAMILY_AGE), (_FOR_TEENS, TEENS_AGE)):
        for found in rule.finditer(line.text):
            if _ABOUT.search(line.text[: found.start()]):
                continue
            first, last = line.place(found)
            if rule is not _FOR_TEENS:
                draft.wish("genre", "Children", first, last)
            draft.wish("age_limit", age, first, last)
            return


def _take_lengths(draft: Draft) -> None:
    line = _Line(draft)
    for found in _ON_MINUTES.finditer(line.text):
        unit = 1 if found["unit"].startswith("мин") else 60
        draft.wish("max_minutes", round(float(found["n"]) * unit), *line.place(found))
    line = _Line(draft)
    for found in _LENGTHS.finditer(line.text):
        if _says_more(found[0]):
            draft.take(*line.place(found))  # no wish of ours says at least how long
        elif minutes := _minutes(found):
            draft.wish("max_minutes", minutes, *line.place(found))
    for rule, minutes in ((_TOO_LONG, NOT_LONG_MINUTES), (_SHORT, SHORT_MINUTES)):
        line = _Line(draft)
        for found in rule.finditer(line.text):
            if "max_minutes" in draft.kinds():
                draft.take(*line.place(found))
            else:
                draft.wish("max_minutes", minutes, *line.place(found))


def _says_more(said: str) -> bool:
    return re.match(r"(?:longer than|more than|over|длиннее|дольше|более|больше|свыше)", said) is not None


def _minutes(found: re.Match[str]) -> int:
    said = found.groupdict()
    if said["h"]:
        whole = float(said["h"].replace(" ", "").replace(",", "."))
        return round(60 * whole) + int(said["hm"] or 0) + (30 if said["hhalf"] else 0)
    if said["hour"]:
        return 60 + int(said["m2"] or 0) + (30 if said["half"] else 0)
    return int(said["m"] or said["m3"])


def _take_years(draft: Draft) -> None:
    line = _Line(draft)
    for found in _RANGE.finditer(line.text):
        place = line.place(found)
        draft.wish("year_from", _first(found["a"]), *place)
        draft.wish("year_to", _last(found["b"]), *place)
    for how, rule in _YEARS:
        line = _Line(draft)
        for found in rule.finditer(line.text):
            place, year = line.place(found), found["y"]
            match how:
                case "not_after":
                    draft.wish("year_to", _last(year), *place)
                case "not_before":
                    draft.wish("year_from", _first(year), *place)
                case "after":
                    draft.wish("year_from", _last(year) + 1, *place)
                case "before":
                    draft.wish("year_to", _first(year) - 1, *place)
                case _:
                    first, last = _part(found["part"] or "", _first(year), _last(year))
                    draft.wish("year_from", first, *place)
                    draft.wish("year_to", last, *place)


def _part(said: str, first: int, last: int) -> tuple[int, int]:
    """The early, middle or late years of a decade."""
    if last == first or not said:
        return first, last
    if said.startswith(("early", "начал")):
        return first, first + 4
    return (first + 5, last) if said.startswith(("late", "кон")) else (first + 3, first + 6)


def _first(year: str) -> int:
    return int(year.removeprefix("D"))


def _last(year: str) -> int:
    return int(year.removeprefix("D")) + (9 if year.startswith("D") else 0)
