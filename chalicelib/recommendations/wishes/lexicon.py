"""What people call genres and countries when they wish for a film. Pure.

More than search takes for such words (`catalog/typed/kind_words.py`): "funny" may be a title, but whoever says what
they are in the mood for means a kind. Words are compared by their stems.
"""

from functools import cache

from chalicelib.catalog.titles.stems import stems_of
from chalicelib.catalog.typed.kind_words import COUNTRIES, GENRES

type Stems = tuple[str, ...]

_GENRES_BESIDE: dict[str, str] = {
    "Action": "экшена, драки, перестрелки, погони, action packed, martial arts, боевые искусства, остросюжетный",
    "Adventure": "приключениями, adventures",
    "Animation": "мультики, мультяшный, анимэ, рисованный, cartoons, anime, animations, pixar, пиксар",
    "Children": "детям, ребенок, ребенка, ребенку, малыш, малышам, children's, kids, kid, child, toddler, family, "
    "детьми, сын, дочь, сыном, дочкой, внук, внуками, son, daughter, grandchildren, "
    "little ones, семейного, family friendly",
    "Comedy": "смешной, смешное, весёлый, весёлое, веселый, посмеяться, поржать, поднять настроение, юмор, юмором, "
    "комедийного, ржачный, смех, funny, hilarious, laugh, laughs, humor, humour, humorous, humorously, cheer me up, "
    "comedies, feel good, лёгкое, ситком, забавный, фарс, farce, spoof, parody, пародия, black comedy, dark comedy, "
    "черная комедия, черный юмор",
    "Crime": "преступление, преступники, мафия, мафию, мафии, бандиты, гангстеров, mafia, gangsters, mob, "
    "криминала, бандитский, crimes",
    "Documentary": "документалку, документалистика, documentaries, docs",
    "Fantasy": "сказочный, сказки, волшебный, волшебство, magical, fairy tale, fairytale",
    "Film-Noir": "noirs, нуара",
    "Horror": "страшный, страшное, страшно, ужасов, ужасный, жуткий, жуткое, пугающий, испугаться, хорроры, scare, "
    "frightening, creepy, terrifying, slasher, слэшер, horrors, "
    "spooky",
    "Musical": "песнями, singing, musicals, мюзикла, песни, с песнями",
    "Mystery": "загадка, загадочный, загадкой, таинственный, расследование, mysterious, mysteries, detectives, сыщик",
    "Romance": "про любовь, о любви, любовь, любви, любовный, love, love story, история любви, свидание, date night, "
    "romcom, rom com, романтичное, романтики, романтику, мелодраму, romances, lovers, влюбленные",
    "Sci-Fi": "киберпанк, cyberpunk, фантастики, фантастику, sciencefiction, sf, dystopia, антиутопия, space opera",
    "Thriller": "напряженный, напряжённый, саспенса, tense, suspenseful, триллера, thrilling, gripping",
    "War": "войне, войну, войны, военного, вов, солдаты, wars, wartime, ww2, wwii, world war, soldiers, military",
    "Western": "ковбои, ковбоев, cowboys, cowboy, westerns, дикий запад, wild west",
}  # fmt: skip
_NO_GENRES = frozenset({("histori",), ("истор",)})  # "интересная история" names none

_COUNTRIES_BESIDE: dict[str, str] = {
    "Georgia": "грузинский", "Greece": "греческий, greek", "Portugal": "португальский, portuguese",
    "Yugoslavia, Serbia": "югославский, сербский, serbian, yugoslav", "Bulgaria": "болгарский, bulgarian",
    "Cuba": "кубинский, cuban", "Chile": "чилийский, chilean", "South Africa": "южноафриканский",
    "Egypt": "египетский, egyptian", "Luxembourg": "люксембургский", "Hong Kong, British Hong Kong": "hongkong",
    "United States": "американский, american, голливудский, голливуд, hollywood, usa, сша, америка",
    "United Kingdom": "англия, britain, uk, england, великобритания, британия, english, шотландский, scottish",
    "South Korea": "южной кореи, кореи, корее", "China": "китая, китае, китаю",
    "India": "болливуд, bollywood, индию", "Soviet Union": "совок, советская", "Colombia": "колумбийский, colombian",
    "Kazakhstan": "казахский, kazakh", "Belarus": "белорусский", "Vietnam": "вьетнамский, vietnamese",
    "Sweden, Norway, Denmark, Finland, Iceland": "скандинавский, scandinavian, nordic",
    "France, Germany, Italy, Spain, Sweden, Denmark, Norway, Poland, United Kingdom, Belgium, Netherlands, Austria":
        "европейский, european, европа, europe",
    "Japan, South Korea, China, Hong Kong, India, Taiwan, Thailand": "азиатский, asian, азия, asia",
    "Mexico, Argentina, Brazil, Chile, Colombia, Cuba": "латиноамериканский, latin american",
}  # fmt: skip


@cache
def genres() -> dict[Stems, str]:
    """A genre's first name by the stems of what it is called."""
    found: dict[Stems, str] = {}
    for names, more in GENRES:
        first = names.split(",")[0]
        _add(found, f"{names}, {more}", _SAME_GENRE.get(first, first))
    for first, said in _GENRES_BESIDE.items():
        _add(found, said, first)
    return {stems: name for stems, name in found.items() if stems not in _NO_GENRES and name != "Short"}


_SAME_GENRE = {"Anime": "Animation", "Music": "Musical"}


@cache
def countries() -> dict[Stems, str]:
    """Countries by the stems of their adjectives, and of their names: who asks for films "from France" names it."""
    found: dict[Stems, str] = {}
    for names, adjectives in COUNTRIES:
        alike = _english(names)
        _add(found, adjectives, alike)
        for name in names.split(","):
            found.setdefault(stems_of(name), alike)
    for alike, said in _COUNTRIES_BESIDE.items():
        _add(found, said, alike)
        for name in alike.split(",") if alike.count(",") < 2 else ():
            found.setdefault(stems_of(name), alike)
    return {stems: name for stems, name in found.items() if stems}


def _english(names: str) -> str:
    """The names in English letters that mean one country: the rest are the same in Russian."""
    own = [name.strip() for name in names.split(",") if name.strip().isascii()]
    return ", ".join(name for name in own if name not in _SHORT)


_SHORT = frozenset({"UK", "USA", "USSR", "Korea", "Great Britain"})


def _add(found: dict[Stems, str], said: str, value: str) -> None:
    for one in said.split(","):
        if stems := stems_of(one):
            found[stems] = value
