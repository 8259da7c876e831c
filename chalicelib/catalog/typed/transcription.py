"""How Russian writes a Latin name, and whether a word may be such a writing. Pure.

Russian writes the sound, and what a Latin letter sounds like is told by the language that the name is from: so each
group of letters may be written in several ways (after the practical transcriptions of English, French, German, Italian,
Spanish, Polish and Japanese). Slavic names are spelled letter by letter, and fall together as `sound_of` writes them.
"""

import itertools
import re
from collections.abc import Sequence
from functools import lru_cache

from chalicelib.catalog.titles.normalize import is_cyrillic, is_latin, sound_of

LETTERS_MAX = 24  # longer words are no names
READINGS_MAX = 48
RANK_MAX, FOREIGN_VOWEL, ODDNESS_MAX = 2, 3, 7  # of a reading, of a vowel that no rule gives, of a word in all
FAR = 99

_MUTE_E = "[b-df-hj-np-tv-z]es?$"
# Latin letters, longer groups first, and what Russian writes for them, the usual first.
_RULES: tuple[tuple[str, str], ...] = (
    ("^mc(?=[ckq])", "ма мэ ме"), ("^mac?(?=[ckgdmnlp])|^mc", "мак мэк мек м ма"), ("^kn", "н кн"), ("^wr", "р"),
    ("wa(?=[a-z])", "уо уэ ва уа у"), ("krz", "кш крз"), ("rz(?=e)", "рз рц ж ш"), ("gn(?=[aeo])", "н гн"),
    ("^wh", "у х в"), ("sch", "ш ск шх"),
    ("tch", "тч ч"), ("dg(?=[ei])", "дж"), ("cz", "ч ц"), ("sz", "ш с сз"), ("zh", "ж чж"), ("sh", "ш с"),
    ("dz", "дз ц"), ("ts", "тс ц"), ("tz", "ц тс"), ("ds", "дс ц дз"), ("sc(?=[eiy])", "ш с ск"),
    ("che$", "ш ке че к"), ("ch", "ч к ш х"), ("ck", "к"), ("th", "т с тх з"), ("ph", "ф"), ("kh", "х"),
    ("gh", "- г х"), ("rh", "р"), ("qu", "кв к ку"), ("q", "к"), ("x", "кс кз с"), ("c(?=[eiy])", "с ц ч к"),
    ("c", "к"), ("g(?=[eiy])", "дж г ж х"), ("j", "дж й х ж"), ("^h", "х г -"), ("h", "- х г"), ("w", "у в -"),
    ("z", "з ц с дз"), ("s$", "с з -"), ("s", "с з ш"), ("(?<=[aeiour])[td]$", "= -"), ("b", "б"), ("d", "д"),
    ("f", "ф в"), ("g", "г"), ("k", "к"), ("l", "л -"), ("m", "м"), ("ng$", "нг н"), ("n", "н"), ("p", "п"),
    ("r$", "р -"), ("r", "р"), ("t", "т"), ("v", "в ф"), ("eaux?", "о"), ("augh", "а о ах ау"), ("ieu", "ье ю е"),
    ("(?:ey|ie)$", "и ей е"), ("^ewa", "юэ эва"), ("ee", "и е"), ("ea", "и е э а о ей эй иа"), ("oo", "у о"),
    ("ou|ow(?![aeiouy])", "оу у о ау а ов ев"), ("au|aw(?![aeiouy])", "о ау оу а ав"),
    ("[ae][iy]", "ей эй ай и е э а ээ"), ("ie", "и ье е ие ай э"), ("eu|ew(?![aeiouy])", "ю у ей ой ев ю э"),
    ("oe", "е э о у"), ("o[iy](?![aeou])", "ой уа"), ("u[iy]", "и уи ай у юи"), ("ue", "у ю э е уэ уе"),
    ("i[ao]", "иа ия я иэ ио а о айа"), ("ya", "я йа иа"), ("yu", "ю у"), ("ye", "е ье"), ("yo", "е йо о"),
    ("yi", "и"), ("aa", "а о"), ("ae", "э а е - ей"), (f"a(?={_MUTE_E})", "ей эй а э"), ("a", "а э е ей эй о я"),
    ("(?<=.)e$", "- е э и"), ("e", "е э и - ей"), (f"i(?={_MUTE_E})", "ай и"), ("i", "и ай е ы й -"),
    (f"o(?={_MUTE_E})", "о оу"), ("o", "о а оу у -"), (f"u(?={_MUTE_E})", "ю у"), ("u", "у а ю э е и"),
    ("y", "и ай й ы - я"),
)  # fmt: skip
_ITSELF, _MUTE = "=", "-"
_RULE = re.compile("|".join(f"({pattern})" for pattern, _ in _RULES))
_WRITINGS = tuple(tuple("" if one == _MUTE else one for one in writings.split()) for _, writings in _RULES)
_LAST_LETTERS = {"t": "т", "d": "д"}
_DOUBLE = re.compile(r"([^\Waeiouаеиоуыэюя])\1")
_VOWELS = "аеиоуыэюяй"
_SOUNDS = str.maketrans(
    {"б": "b", "в": "v", "г": "g", "д": "d", "ж": "s", "з": "s", "к": "k", "л": "l", "м": "m", "н": "n", "п": "p",
     "р": "r", "с": "s", "т": "t", "ф": "v", "х": "h", "ц": "s", "ч": "s", "ш": "s", "щ": "s"}
    | dict.fromkeys(_VOWELS + "ьъ", "")
)  # fmt: skip
_CASE_ENDING = re.compile(r"(?:[ое]го|[ое]му|[ыи]м|[ое][йм]|[ыи]х|[ая]х|[ая]ми?|[аеиоуыэюя])$")
_LETTERS_BEFORE_ENDING = 3
_DECLINED = "а"  # Коппола, Копполы


@lru_cache(maxsize=65_536)
def consonants_of(word: str) -> frozenset[str]:
    """The consonants of a folded word in every likely reading, hissing ones alike; empty for what is no name."""
    if len(word) > LETTERS_MAX or not word.isalpha() or is_cyrillic(word) == is_latin(word):
        return frozenset()
    if is_cyrillic(word):
        readings = [_plain(word)]
    else:
        options = [tuple(dict.fromkeys(map(_hissing, group))) for group in _groups(word)]
        readings = ["".join(some) for some in itertools.islice(itertools.product(*options), READINGS_MAX)]
    return frozenset(key for key in (_hissing(one) for one in readings) if key)


def bare(word: str) -> str:
    """A Cyrillic word without what may be the ending of a case: then a consonant is last."""
    stem = _CASE_ENDING.sub("", word) if is_cyrillic(word) else word
    return stem if len(stem) >= _LETTERS_BEFORE_ENDING and stem[-1] not in _VOWELS else word


def romanised(word: str) -> set[str]:
    """The folded word letter by letter in Latin, also the name that a Cyrillic one may be a case of."""
    forms = {word, bare(word)}
    return {sound_of(end) for form in forms for end in ((form, form + "ий") if is_cyrillic(word) else (form,))}


@lru_cache(maxsize=16_384)
def oddness(one: str, other: str) -> int:
    """How unusual the readings are in which a folded word sounds like that of a name; `FAR` when it does not. A case
    ending of a Cyrillic word does not count. In one script, both are romanised alike."""
    if sound_of(other) in romanised(one):
        return 0
    latin, cyrillic = (other, one) if is_cyrillic(one) else (one, other)
    if is_cyrillic(latin) or not is_cyrillic(cyrillic) or max(len(latin), len(cyrillic)) > LETTERS_MAX:
        return FAR
    forms = {cyrillic, bare(cyrillic)}
    return min(FAR, 1 + min(_oddness(_groups(latin), _plain(form)) for form in forms))


def _oddness(groups: Sequence[tuple[str, ...]], written: str) -> int:
    """The cheapest way through the groups, place by place in what is written."""
    reached = {0: 0}
    for number, group in enumerate(groups):
        further: dict[int, int] = {}
        for place, cost in reached.items():
            for rank, writing in enumerate(group):
                if written.startswith(writing, place):
                    end = place + len(writing)
                    further[end] = min(further.get(end, FAR), cost + min(rank, RANK_MAX))
            if group[0][:1] in _VOWELS:  # also "": mute letters
                end = place
                while end < len(written) and written[end] in _VOWELS:
                    end += 1
                if end > place:
                    further[end] = min(further.get(end, FAR), cost + FOREIGN_VOWEL)
                elif number == len(groups) - 1 and group[0] == _DECLINED:
                    further[end] = min(further.get(end, FAR), cost + 1)
        reached = {place: cost for place, cost in further.items() if cost < ODDNESS_MAX}
    return min(reached.get(len(form), FAR) for form in {written, written.removesuffix("й")})


def _hissing(written: str) -> str:
    """Russian letters as consonants only, those together that one language's spelling mixes up."""
    if written.isascii():
        return re.sub(r"(.)\1+", r"\1", written)
    sounds = re.sub("д[жзс]|т[сцч]", "с", written).translate(_SOUNDS)
    return re.sub(r"(.)\1+", r"\1", sounds)


@lru_cache(maxsize=16_384)
def _groups(latin: str) -> tuple[tuple[str, ...], ...]:
    """What Russian may write for each group of letters, the usual first."""
    found = _RULE.finditer(_DOUBLE.sub(r"\1", latin))
    return tuple(
        tuple(_LAST_LETTERS[hit[0]] if one == _ITSELF else one for one in _WRITINGS[(hit.lastindex or 1) - 1])
        for hit in found
    )


def _plain(cyrillic: str) -> str:
    return _DOUBLE.sub(r"\1", cyrillic).replace("ь", "").replace("ъ", "")
