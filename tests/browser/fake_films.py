"""A small made-up catalogue of real titles for the browser tests that need no stack."""

import uuid
from typing import Any

NAMESPACE = uuid.UUID("6f0c1f5e-3f6e-4c39-9d5b-0f5b5a3c7e11")
LINES = """
The Shawshank Redemption|Побег из Шоушенка|1994|Drama|9.3
The Godfather|Крёстный отец|1972|Crime,Drama|9.2
The Dark Knight|Тёмный рыцарь|2008|Action,Crime,Drama|9.0
12 Angry Men|12 разгневанных мужчин|1957|Drama|9.0
Schindler's List|Список Шиндлера|1993|Drama,War|9.0
Pulp Fiction|Криминальное чтиво|1994|Comedy,Crime,Drama|8.9
The Good, the Bad and the Ugly|Хороший, плохой, злой|1966|Adventure,Western|8.8
Forrest Gump|Форрест Гамп|1994|Comedy,Drama,Romance|8.8
Fight Club|Бойцовский клуб|1999|Drama,Thriller|8.8
Inception|Начало|2010|Action,Sci-Fi,Thriller|8.8
The Matrix|Матрица|1999|Action,Sci-Fi|8.7
Goodfellas|Славные парни|1990|Crime,Drama|8.7
One Flew Over the Cuckoo's Nest|Пролетая над гнездом кукушки|1975|Drama|8.7
Seven Samurai|Семь самураев|1954|Action,Adventure,Drama|8.6
Se7en|Семь|1995|Mystery,Thriller|8.6
The Silence of the Lambs|Молчание ягнят|1991|Crime,Horror,Thriller|8.6
It's a Wonderful Life|Эта прекрасная жизнь|1946|Drama,Fantasy,Romance|8.6
Life Is Beautiful|Жизнь прекрасна|1997|Comedy,Drama,War|8.6
Interstellar|Интерстеллар|2014|Sci-Fi,Drama|8.7
Spirited Away|Унесённые призраками|2001|Animation,Adventure,Fantasy|8.6
Stalker|Сталкер|1979|Drama,Sci-Fi|8.1
Solaris|Солярис|1972|Drama,Mystery,Sci-Fi|7.9
Andrei Rublev|Андрей Рублёв|1966|Drama,History|8.1
Ivan Vasilyevich Changes His Profession|Иван Васильевич меняет профессию|1973|Comedy,Sci-Fi|8.2
The Irony of Fate, or Enjoy Your Bath!|Ирония судьбы, или С лёгким паром!|1976|Comedy,Romance|8.1
Moscow Does Not Believe in Tears|Москва слезам не верит|1980|Drama,Romance|8.1
Come and See|Иди и смотри|1985|Drama,War|8.3
The Cranes Are Flying|Летят журавли|1957|Drama,Romance,War|8.3
Office Romance|Служебный роман|1977|Comedy,Romance|8.2
White Sun of the Desert|Белое солнце пустыни|1970|Action,Adventure|7.8
Brother|Брат|1997|Crime,Drama|7.8
Hedgehog in the Fog|Ёжик в тумане|1975|Animation,Short|8.5
Alien|Чужой|1979|Horror,Sci-Fi|8.5
Psycho|Психо|1960|Horror,Thriller|8.5
The Shining|Сияние|1980|Horror|8.4
The Thing|Нечто|1982|Horror,Sci-Fi|8.2
Jaws|Челюсти|1975|Adventure,Thriller|8.1
Casablanca|Касабланка|1942|Drama,Romance,War|8.5
City Lights|Огни большого города|1931|Comedy,Romance|8.5
Modern Times|Новые времена|1936|Comedy,Drama|8.5
Once Upon a Time in the West|Однажды на Диком Западе|1968|Western|8.5
Unforgiven|Непрощённый|1992|Drama,Western|8.2
For a Few Dollars More|На несколько долларов больше|1965|Western|8.2
High Noon|Ровно в полдень|1952|Western|7.9
The Lion King|Король Лев|1994|Animation,Children,Musical|8.5
Toy Story|История игрушек|1995|Animation,Children,Comedy|8.3
WALL·E|ВАЛЛ·И|2008|Animation,Sci-Fi|8.4
Up|Вверх|2009|Animation,Adventure,Children|8.3
My Neighbor Totoro|Мой сосед Тоторо|1988|Animation,Children,Fantasy|8.1
Princess Mononoke|Принцесса Мононоке|1997|Animation,Adventure,Fantasy|8.3
Amélie|Амели|2001|Comedy,Romance|8.3
Eternal Sunshine of the Spotless Mind|Вечное сияние чистого разума|2004|Drama,Romance,Sci-Fi|8.3
In the Mood for Love|Любовное настроение|2000|Drama,Romance|8.1
La La Land|Ла-Ла Ленд|2016|Comedy,Drama,Musical|8.0
Singin' in the Rain|Поющие под дождём|1952|Comedy,Musical,Romance|8.3
Whiplash|Одержимость|2014|Drama,Music|8.5
Cabaret|Кабаре|1972|Drama,Musical|7.8
Apocalypse Now|Апокалипсис сегодня|1979|Drama,War|8.4
Paths of Glory|Тропы славы|1957|Drama,War|8.4
Full Metal Jacket|Цельнометаллическая оболочка|1987|Drama,War|8.3
Chinatown|Китайский квартал|1974|Film-Noir,Mystery,Thriller|8.1
Double Indemnity|Двойная страховка|1944|Crime,Film-Noir|8.3
The Third Man|Третий человек|1949|Film-Noir,Mystery|8.1
Vertigo|Головокружение|1958|Mystery,Romance,Thriller|8.3
Rear Window|Окно во двор|1954|Mystery,Thriller|8.5
Memento|Помни|2000|Mystery,Thriller|8.4
Blade Runner|Бегущий по лезвию|1982|Sci-Fi,Thriller|8.1
2001: A Space Odyssey|Космическая одиссея 2001 года|1968|Adventure,Sci-Fi|8.3
Back to the Future|Назад в будущее|1985|Adventure,Comedy,Sci-Fi|8.5
The Terminator|Терминатор|1984|Action,Sci-Fi|8.1
Raiders of the Lost Ark|В поисках утраченного ковчега|1981|Action,Adventure|8.4
Mad Max: Fury Road|Безумный Макс: Дорога ярости|2015|Action,Adventure|8.1
Die Hard|Крепкий орешек|1988|Action,Thriller|8.2
The Princess Bride|Принцесса-невеста|1987|Adventure,Comedy,Fantasy|8.0
Pan's Labyrinth|Лабиринт фавна|2006|Drama,Fantasy,War|8.2
Groundhog Day|День сурка|1993|Comedy,Fantasy,Romance|8.1
Some Like It Hot|В джазе только девушки|1959|Comedy,Romance|8.2
Dr. Strangelove or: How I Learned to Stop Worrying|Доктор Стрейнджлав, или Как я перестал бояться|1964|Comedy,War|8.3
Man with a Movie Camera|Человек с киноаппаратом|1929|Documentary|8.3
Bowling for Columbine|Боулинг для Колумбины|2002|Documentary|8.0
Metropolis|Метрополис|1927|Drama,Sci-Fi|8.3
Parasite|Паразиты|2019|Drama,Thriller|8.5
Oldboy|Олдбой|2003|Action,Drama,Mystery|8.3
City of God|Город бога|2002|Crime,Drama|8.6
The Great Escape|Большой побег|1963|Adventure,Drama,War|8.2
Lawrence of Arabia|Лоуренс Аравийский|1962|Adventure,Drama,War|8.3
""".strip().splitlines()


# As a catalogue rates them: films for children are for all, and some nobody has rated.
AGES = {
    "Children": 0,
    "Animation": 6,
    "Western": 12,
    "Sci-Fi": 12,
    "Romance": 12,
    "Horror": 18,
    "Thriller": 18,
    "War": 16,
}


def _age(genres: list[str]) -> int | None:
    return next((age for genre, age in AGES.items() if genre in genres), None)


def _film(line: str, place: int) -> dict[str, Any]:
    en, ru, year, genres, rating = line.split("|")
    return {
        "film_id": str(uuid.uuid5(NAMESPACE, en + year)),
        "title_en": en,
        "title_ru": ru,
        "original_title": en,
        "year": int(year),
        "genres": genres.split(","),
        "imdb_rating": float(rating),
        "imdb_votes": 2_900_000 - 31_000 * place,
        "poster_url": None,
        "age_rating": _age(genres.split(",")),
        "added_at": "2026-01-01T00:00:00Z",
    }


FILMS: dict[str, dict[str, Any]] = {
    str(film["film_id"]): film for film in (_film(line, place) for place, line in enumerate(LINES))
}
