"""Words of requests that are no wish by themselves, and those that make a name likely. Pure."""

from chalicelib.catalog.titles.normalize import words

_SAID_OF_ANY_REQUEST = """
    а актер актера актером актеры актриса актрисой бабушкой без больше братьев братья будет бы был была были было в
    век века весь вечер вечера вечером взрослый взрослых вместе во вот все всей всю всё выходные гг где глянуть год
    года годов году да дай двоих девушкой дедушкой длиннее длинный для до добрая доброе добрый долгий дольше дома
    друзьями если есть же женой за и играет из или интересное интересный ищу к как какая какие какое какой картина
    картину кино кинофильм кинофильмы киношка классика классический компания короче которая которое который красивый
    кто лента лет либо лучше лучшие лучший любим люблю мамой меньше меня минут минута минуты мне можно мужем на над
    найди нам нас не нибудь но новая новое новый ночь нравится нравятся ну нужен нужна нужно о об обо около от очень
    папой по под подбери подругой подскажи пожалуйста покажи понравилась понравился порекомендуй посмотреть
    посмотрим посоветуй посоветуйте при про просто пятерых режиссер режиссера режиссером родителями роли роль с
    самое самый сегодня слез слезы слишком слов смотреть снимался снялся снят снята снятое снятый со современное
    современный старая старое старый та такая такие такое такой то только тот троих у увидеть уложиться умный фильм
    фильма фильме фильмец фильмов фильмы хорошая хорошее хороший хорошую хотел хотела хотим хочется хочу час часа
    часов четверых что что-то чтоб чтобы эта эти это этот
    a about actor actress adult adults age aged ages also an and any anything are at be been best bit boyfriend
    brothers but by can cinema classic could d directed director enjoyed entire evening fan fans featuring feel
    feels film films find flick for friendly friends from girlfriend give good great had has have hour hours husband
    i i'm if im in is it its just kind less let lets like liked little ll long longer look looking lot loved m made
    max maximum maybe me might min mins minute minutes modern more movie movies my need new nice night no not
    nothing of old on one ones only or our over perhaps picture played plays please rated really recent recommend
    released s see set short shorter should show slow so some something sort starring suggest than that the these
    this those to together tonight too type under up us very want was watch watching we weekend were what when where
    which who whole wife with without would xx year years you
"""
FILLERS = frozenset(words(_SAID_OF_ANY_REQUEST))

_BEFORE_NAMES = """
    актер актера актриса актрисой актрисы драма играет картина картины кино комедии комедия от режиссер режиссера
    режиссером с снимался снялся со триллер фильм фильма фильмов фильмы
    actor actress by directed director featuring film films movie movies of starring with
"""
PERSON_CUES = frozenset(words(_BEFORE_NAMES))
"""Behind one of these a single word may be somebody's name."""
