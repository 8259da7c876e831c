"""Every constant of the ranking, each with where it came from.

"Chosen" means: on the second-last and third-last like of each MovieLens user, never on the last
(`python -m tests.bench.ranking --holdout second_last`).
"""

# Taste.
LIKE_DECAY = 0.8  # weight of the k-th newest like is 0.8^k; chosen, and the published figure it started from
STEER_FACTOR = 3.0  # "more like this" outweighs the four newest likes together: 3 > 1 + 0.8 + 0.64 + 0.51
STEER_MORE = 5  # more of its kind among the first 20; promised are 3, the surprise and the series rule may cost two
STEER_PROMISE_WEIGHT = 1.0  # the promise holds until five newer likes have spoken: 3 × 0.8^5 < 1
FIRST_PAGE = 20  # what the rules of the first page speak of
SOURCES_MAX = 40  # likes looked up: 0.8^40 = 0.0001 of the newest one's weight
AGAINST_MAX = 15  # newest dislikes and exclusions looked up; SOURCES_MAX + this stays below DynamoDB's 100 keys a batch
AGAINST_DECAY = 0.9  # a dislike ages slower than a like: there are few of them

# What a question to the model shows, and therefore what a changed taste is.
PROFILE_LIKES = 20
PROFILE_STEERS = 8
PROFILE_AGAINST = 10

# Score.
AGAINST_FACTOR = 0.5  # one fresh dislike takes back half of what one fresh like gives: lowers, never empties
CONTENT_FACTOR = 0.05  # likeness of content × popularity beside the neighbours' evidence
CONTENT_AGAINST = 0.3  # of a disliked film's genres, people and era
POPULARITY_FACTOR = 0.01
ERA_YEARS = 12.0  # films this many years apart are 1/e as alike in era

# Candidates.
DEPTH = 300  # films ranked with features; the page shows 100, the model sees 60
SIMILAR_SEEDS = 8  # newest likes whose content the catalogue is asked for
SIMILAR_LIMIT = 100
TOP_LIMIT = 200
BECAUSE_MAX = 3
BECAUSE_SHARE = 0.25  # a film is named as a cause when it gave at least this share of the strongest one
