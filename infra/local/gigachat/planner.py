"""The stand-in's reading of a request in somebody's own words, Russian or English: moods, company, time, kinds.

Another reader than the product's rules, with words of its own, and as fallible: it knows no film and no person but by
"like …" and by capital letters.
"""

import re
from collections.abc import Iterator

_QUESTION = re.compile(r'^Просьба: "(.*)"$', re.MULTILINE)
_ENDS = r"(?=$|[,.;:!?]| но | but | и | and | без | only | только )"
_LIKE = re.compile(
    rf"(?:похоже на|вроде|в духе|как фильм|наподобие|similar to|\blike|reminds me of) (.+?){_ENDS}", re.I
)
_PERSON = re.compile(
    r"(?:\bс|\bwith|starring|режисс[её]р\w*|directed by|\bby) ([A-ZА-ЯЁ][\w’'-]+(?: [A-ZА-ЯЁ][\w’'-]+)+)"
)
_NOT = re.compile(r"(?:\bне |\bбез |кроме |\bno |\bnot |without |except )(?:\w+ )?$", re.I)
_AFTER = re.compile(r"(?:после|с|от|новее|after|since|from) ((?:19|20)\d\d)", re.I)
_BEFORE = re.compile(r"(?:до|раньше|старше|before|until|older than) ((?:19|20)\d\d)", re.I)
_DECADE = re.compile(r"\b(?:(19|20)?(\d)0)(?:-?[хе]|'?s)\b", re.I)
_MINUTES = re.compile(r"(\d{2,3}) ?(?:мин|min)", re.I)
_AGE = re.compile(r"\b(0|6|12|16|18)\+")
_CHILD = re.compile(r"(\d{1,2})[- ](?:лет|года|year)", re.I)

# How it is said (a regular expression), and which wishes that is.
_MEANINGS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        r"комеди\w*|смешн\w*|посмеят\w*|весел\w*|весёл\w*|улыбн\w*|comed\w*|funny|laugh\w*|hilarious|"
        r"light-?hearted",
        (("genre", "Comedy"),),
    ),
    (
        r"уютн\w*|душевн\w*|добр(?:ое|ый|ую)|согре\w*|cozy|cosy|heart-?warming|feel-?good|comfort\w*",
        (("genre", "Comedy, Romance, Children"),),
    ),
    (
        r"грустн\w*|поплак\w*|печальн\w*|тоск\w*|слез\w*|sad\b|cry\b|tear-?jerker|melanchol\w*|"
        r"heartbreak\w*",
        (("genre", "Drama"),),
    ),
    (
        r"романтич\w*|о любви|про любовь|свидани\w*|девушк\w*|парнем|romantic\w*|love story|date night|"
        r"girlfriend|boyfriend",
        (("genre", "Romance"),),
    ),
    (
        r"страшн\w*|ужас\w*|жутк\w*|мураш\w*|кошмар\w*|scary|horror\w*|creepy|goosebumps|nightmare\w*",
        (("genre", "Horror"),),
    ),
    (r"напряж\w*|триллер\w*|на краю|edge of|tense|thriller\w*|suspense\w*|gripping", (("genre", "Thriller"),)),
    (
        r"взрыв\w*|боевик\w*|драйв\w*|адреналин\w*|погон\w*|action\w*|explosion\w*|adrenaline|fights?\b",
        (("genre", "Action"),),
    ),
    (
        r"загад\w*|детектив\w*|кто убил|расследован\w*|запутан\w*|головолом\w*|myster\w*|whodunit|"
        r"detective\w*|mind-?bend\w*|twist\w*",
        (("genre", "Mystery, Thriller"),),
    ),
    (r"фантаст\w*|космос\w*|будущ\w*|sci-?fi|science fiction|space\b|futur\w*|robots?", (("genre", "Sci-Fi"),)),
    (
        r"сказ\w*|волшеб\w*|маги\w*|фэнтези|fairy ?tale\w*|magic\w*|fantasy|wizard\w*",
        (("genre", "Fantasy, Children"),),
    ),
    (r"мульт\w*|анимац\w*|рисован\w*|cartoon\w*|animat\w*", (("genre", "Animation"),)),
    (r"войн\w*|военн\w*|фронт\w*|\bwar\b|soldiers?|wartime", (("genre", "War"),)),
    (r"вестерн\w*|ковбо\w*|western\w*|cowboy\w*", (("genre", "Western"),)),
    (r"мюзикл\w*|поют|песн\w*|musical\w*|singing", (("genre", "Musical"),)),
    (r"приключен\w*|путешеств\w*|adventur\w*|journey", (("genre", "Adventure"),)),
    (r"ограблен\w*|мафи\w*|гангстер\w*|бандит\w*|heist\w*|mafia|gangster\w*|crime", (("genre", "Crime"),)),
    (r"драм\w*|драматич\w*|drama\w*|serious|серь[её]зн\w*|подума\w*|thought-provoking", (("genre", "Drama"),)),
    (r"документал\w*|documentar\w*", (("genre", "Documentary"),)),
    (
        r"с детьми|для детей|реб[её]н\w*|дет(?:ям|ский|ское)|внук\w*|kids?|children|toddler\w*",
        (("genre", "Children"), ("age_limit", "6")),
    ),
    (r"всей семь\w*|семейн\w*|бабушк\w*|дедушк\w*|family|grandm\w*|grandp\w*", (("age_limit", "12"),)),
    (r"коротк\w*|недолг\w*|устал\w*|засып\w*|short\b|quick\b|tired|sleepy", (("max_minutes", "95"),)),
    (r"полтора часа|час с половиной|hour and a half|90 minutes", (("max_minutes", "90"),)),
    (r"(?:двух|2) час\w*|two hours|2 hours", (("max_minutes", "120"),)),
    (r"советск\w*|soviet|ссср|ussr", (("country", "Soviet Union"),)),
    (r"француз\w*|french|france", (("country", "France"),)),
    (r"итальян\w*|italian|italy", (("country", "Italy"),)),
    (r"японск\w*|japanese|japan", (("country", "Japan"),)),
    (r"британск\w*|английск\w*|british", (("country", "United Kingdom"),)),
    (r"американск\w*|голливуд\w*|american|hollywood", (("country", "United States"),)),
    (r"нов(?:ое|ый|инк\w*)|современн\w*|recent|modern|brand new", (("year_from", "2000"),)),
    (
        r"стар(?:ое|ый|ую|ых)|классик\w*|\bold\b|classics?|vintage|ч[её]рно-бел\w*|black and white",
        (("year_to", "1979"),),
    ),
)  # fmt: skip


def wishes_of(asked: str) -> list[dict[str, str]]:
    """The wishes in the request that the question quotes, in the order in which they are said."""
    quoted = _QUESTION.search(asked)
    text = quoted[1] if quoted else asked
    found = sorted(_found(text), key=lambda one: one[0])
    wishes = [{"kind": kind, "value": value, "said": said} for _, kind, value, said in found]
    return [one for place, one in enumerate(wishes) if one not in wishes[:place]]


def _found(text: str) -> Iterator[tuple[int, str, str, str]]:
    """Where each wish is said, its kind, value, and words."""
    for one in _LIKE.finditer(text):
        yield one.start(), "unlike" if _NOT.search(text[: one.start()]) else "like", one[1].strip("«»\"' "), one[0]
    for one in _PERSON.finditer(text):
        yield one.start(), "person", one[1], one[0]
    likened = " ".join(one[1] for one in _LIKE.finditer(text))
    for said, meant in _MEANINGS:
        for one in re.finditer(rf"(?<!\w)(?:{said})", text, re.IGNORECASE):
            if one[0] in likened:
                continue
            is_refused = _NOT.search(text[: one.start()]) is not None
            for kind, value in meant:
                if not is_refused:
                    yield one.start(), kind, value, one[0]
                elif kind == "genre":
                    yield one.start(), "not_genre", value.split(",")[0], one[0]
    for rule, kind in ((_AFTER, "year_from"), (_BEFORE, "year_to"), (_MINUTES, "max_minutes"), (_AGE, "age_limit"),
                       (_CHILD, "age_limit")):  # fmt: skip
        for one in rule.finditer(text):
            is_turned = _NOT.search(text[: one.start()]) or text[: one.start()].lower().endswith(
                ("nothing ", "ничего ")
            )
            yield one.start(), {"year_from": "year_to"}.get(kind, kind) if is_turned else kind, one[1], one[0]
    for one in _DECADE.finditer(text):
        century = one[1] or ("19" if int(one[2]) >= 3 else "20")
        yield one.start(), "year_from", f"{century}{one[2]}0", one[0]
        yield one.start(), "year_to", f"{century}{one[2]}9", one[0]
