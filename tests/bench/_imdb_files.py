"""Generated files in IMDb's format, any size, written as a stream."""

import gzip
import random
from pathlib import Path
from typing import IO

SYLLABLES = ("ka", "mo", "ri", "ne", "sta", "lo", "vi", "dra", "the", "on", "ber", "gal", "хо", "ло", "ми", "стра")
GENRES = ("Drama", "Comedy", "Action", "Horror", "Sci-Fi", "Romance", "Documentary")


def write_imdb_files(folder: Path, films: int, seed: int = 1) -> None:
    """title.basics, ratings, akas, crew, principals and name.basics with so many films, and two people a film."""
    rng = random.Random(seed)
    with (
        _packed(folder, "title.basics") as basics, _packed(folder, "title.ratings") as ratings,
        _packed(folder, "title.akas") as akas, _packed(folder, "title.crew") as crew,
        _packed(folder, "title.principals") as principals, _packed(folder, "name.basics") as names,
    ):  # fmt: skip
        basics.write(
            "tconst\ttitleType\tprimaryTitle\toriginalTitle\tisAdult\tstartYear\tendYear\truntimeMinutes\tgenres\n"
        )
        ratings.write("tconst\taverageRating\tnumVotes\n")
        akas.write("titleId\tordering\ttitle\tregion\tlanguage\ttypes\tattributes\tisOriginalTitle\n")
        crew.write("tconst\tdirectors\twriters\n")
        principals.write("tconst\tordering\tnconst\tcategory\tjob\tcharacters\n")
        names.write("nconst\tprimaryName\tbirthYear\tdeathYear\tprimaryProfession\tknownForTitles\n")
        for number in range(1, films + 1):
            film, director, actor = f"tt{number:07}", f"nm{2 * number:07}", f"nm{2 * number + 1:07}"
            title = " ".join(_word(rng) for _ in range(rng.randint(1, 4))).title()
            genres = ",".join(rng.sample(GENRES, rng.randint(1, 3)))
            basics.write(f"{film}\tmovie\t{title}\t{title}\t0\t{rng.randint(1920, 2025)}\t\\N\t100\t{genres}\n")
            ratings.write(f"{film}\t{rng.randint(10, 100) / 10}\t{int(rng.paretovariate(0.6))}\n")
            akas.write(f"{film}\t1\t{title}\tUS\t\\N\timdbDisplay\t\\N\t0\n")
            akas.write(f"{film}\t2\tФильм {title}\tRU\t\\N\timdbDisplay\t\\N\t0\n")
            crew.write(f"{film}\t{director}\t\\N\n")
            principals.write(f"{film}\t1\t{actor}\tactor\t\\N\t\\N\n")
            for person in (director, actor):
                names.write(f"{person}\t{_word(rng).title()} {_word(rng).title()}\t\\N\t\\N\t\\N\t\\N\n")


def _packed(folder: Path, name: str) -> IO[str]:
    return gzip.open(folder / f"{name}.tsv.gz", "wt", compresslevel=1, encoding="utf-8")


def _word(rng: random.Random) -> str:
    return "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(1, 4)))
