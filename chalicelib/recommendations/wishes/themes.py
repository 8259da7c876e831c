"""What a film is about, as far as its genres and the words of its title tell. Pure.

A catalogue without descriptions knows no more of it; so a theme orders films, and refuses none.
"""

from functools import cache

import msgspec

from chalicelib.catalog.titles.stems import stems_of

type Stems = tuple[str, ...]


class Theme(msgspec.Struct, frozen=True):
    """What a film is about, as far as genres and words of titles tell."""

    genres: tuple[str, ...]
    title_stems: frozenset[str]


_THEMES: tuple[tuple[str, str, str], ...] = (  # what is said; genres; words of titles
    ("ограбление, ограбить, грабители, грабеж, банк, heist, robbery, robbers, rob, bank", "Crime",
     "robbery heist bank job thief thieves steal ограбление разбойники грабители bandit italian ocean's reservoir"),
    ("вампиры, вампир, vampire, vampires, дракула, dracula", "Horror", "vampire dracula nosferatu blood lost вампир"),
    ("зомби, zombie, zombies", "Horror", "zombie dead living зомби мертвецы"),
    ("космос, космический, космонавт, space, astronaut, planet, планета", "Sci-Fi",
     "space star moon apollo mars planet solaris gravity космос звезда планета галактика odyssey trek wars"),
    ("инопланетяне, пришельцы, aliens, ufo", "Sci-Fi", "alien aliens encounters invasion terrestrial пришельцы чужой"),
    ("роботы, робот, robots, android, искусственный интеллект", "Sci-Fi", "robot terminator robocop runner робот"),
    ("путешествия во времени, time travel, машина времени", "Sci-Fi", "time future back будущее время monkeys"),
    ("война, война 2, world war, ww2, wwii, вов, фронт", "War", "war soldier battle война солдат фронт"),
    ("тюрьма, побег, prison, jail, escape", "Crime, Drama", "prison escape shawshank alcatraz тюрьма побег"),
    ("спорт, футбол, бокс, sport, sports, boxing, football, baseball, basketball", "Drama",
     "rocky boxer baseball basketball goal бокс бой"),
    ("школа, школьники, студенты, school, college, teenagers, teen, подростки", "Comedy, Drama",
     "school college student class teacher школа класс"),
    ("рождество, новый год, christmas, xmas, holidays", "Comedy, Children",
     "christmas santa claus holiday новый карнавальная ирония рождество"),
    ("грустный, печальный, поплакать, sad, tearjerker, cry", "Drama", ""),
    ("вдохновляющий, душевный, uplifting, inspiring, heartwarming", "Comedy, Drama, Children", ""),
    ("собака, собаки, dog, dogs", "Children", "dog dogs hound beethoven lassie собака пес"),
    ("кошка, коты, cat, cats", "Children", "cat cats кот кошка"),
    ("шпион, шпионы, spy, spies, разведчик, агент", "Thriller, Action", "spy bond agent bourne шпион разведчик агент"),
    ("маньяк, серийный убийца, serial killer, killer", "Thriller", "killer silence seven psycho zodiac убийца"),
    ("акула, акулы, shark, sharks", "Thriller, Horror", "jaws shark deep акула челюсти"),
    ("динозавры, динозавр, dinosaur, dinosaurs", "Sci-Fi, Adventure", "jurassic dinosaur динозавр"),
    ("пираты, пират, pirate, pirates", "Adventure", "pirate treasure caribbean пират сокровище"),
    ("супергерои, супергерой, superhero, superheroes, комикс, comics", "Action",
     "batman superman spider-man man x-men iron avengers hulk"),
    ("музыка, музыкант, рок, music, musician, band, rock", "Musical, Drama", "music song rock band музыка песня"),
    ("балет, танцы, dance, dancing, ballet", "Musical", "dance dancing ballet dancer танцы танец"),
    ("море, корабль, океан, sea, ship, ocean, submarine, подводная лодка", "Adventure",
     "sea ship ocean titanic boat море корабль лодка"),
    ("самолет, полет, plane, flight, pilot", "Action", "air plane flight airplane top flying самолет"),
    ("мафия, гангстеры, mafia, gangster, mob", "Crime", "godfather goodfellas mafia gangster casino мафия крестный"),
    ("суд, адвокат, court, lawyer, trial", "Drama", "trial jury angry verdict justice witness суд"),
    ("врач, больница, doctor, hospital", "Drama", "doctor hospital awakenings доктор врач"),
    ("дракон, драконы, dragon, dragons", "Fantasy", "dragon ring дракон"),
    ("волшебник, магия, magic, wizard, witch, ведьма", "Fantasy", "magic wizard harry witch волшебник ведьма"),
    ("погоня, гонки, car chase, racing, cars", "Action", "fast drive speed race driver гонки автомобиль"),
    ("свадьба, wedding, marriage", "Romance, Comedy", "wedding bride marry father свадьба невеста"),
)  # fmt: skip


@cache
def themes() -> dict[Stems, Theme]:
    """What films are about, by the stems of how it is said."""
    found: dict[Stems, Theme] = {}
    for said, kinds, titled in _THEMES:
        theme = Theme(tuple(one.strip() for one in kinds.split(",")), frozenset(stems_of(titled)))
        for one in said.split(","):
            found.setdefault(stems_of(one), theme)
    return found
