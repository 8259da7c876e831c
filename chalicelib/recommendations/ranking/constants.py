"""Every constant of the ranking, each with where it came from.

"Chosen" means: on the second-last and third-last like of each MovieLens user, never on the last, by HR@10 and NDCG@10
together with recall@200 (`python -m tests.bench.ranking --holdout second_last`); docs/decisions/041-ranking.md has the
figures. The constants of learning stand in `neighbours.sql`.
"""

# Taste: the k-th newest like weighs 0.75^k + 0.05 × 0.98^k. The first part is the mood of now, the second remembers.
LIKE_DECAY = 0.75  # chosen; 0.7 to 0.8 are alike
LONG_SHARE = 0.05  # chosen; recall@200 0.549 → 0.563 for nothing
LONG_DECAY = 0.98
STEER_FACTOR = 3.0  # "more like this" outweighs the four newest likes together: 3 > 1 + 0.75 + 0.56 + 0.42
SOURCES_MAX = 180  # likes looked up; where the order of likes means little, 80 cost a twentieth of the hits
NEAR_SOURCES = 60  # of them, the heaviest, whose near scores count: the next one weighs 0.02
AGAINST_MAX = (
    15  # newest dislikes and exclusions looked up; with SOURCES_MAX below two of DynamoDB's batches of 100 keys
)
FEW_LIKES = 5  # up to here a viewer's list goes by the weights that are fitted for few likes
AGAINST_DECAY = 0.9  # a dislike ages slower than a like: there are few of them

# What a question to the model shows, and therefore what a changed taste is.
PROFILE_LIKES = 20
PROFILE_STEERS = 8
PROFILE_AGAINST = 10

# Score: (near + steady + whole) × (1 - 0.6 × share against it) × (1 + era) + content + popularity + likes of the last
# days, each by the site's own weight (`site_model.SiteWeights`), × what the taste guard leaves.
AGAINST_FACTOR = (
    0.6  # of the evidence taken where all speaks against; a share, so nothing is emptied. Chosen: 0.8 costs
)
ERA_YEARS = 12.0  # films this many years apart are 1/e as alike in era; chosen
CONTENT_FACTOR = 0.1  # similarity of content × era × popularity; chosen: worth most with one like, harmless with many
CONTENT_FACTOR_FEW = (
    0.15  # ÷ number of positive films, added to it: a first page like the first like, for 0.005 of HR@10 with one
)
CONTENT_ERA_FLOOR = 0.2  # of the era's part that is given to every year; chosen: 0 to 0.3 are alike, 0 hides new films
CONTENT_AGAINST = 0.5  # of a disliked film's genres and people: a taste for them counts twice a distaste

# More like this, on the first page.
FIRST_PAGE = 20  # what the rules of the first page speak of
STEER_MORE = 5  # more of its kind among the first 20; promised are 3, the surprise and the series rule may cost two
STEER_MOST_SIMILAR = 50  # most similar films that count as a steered film's kind
STEER_PROMISE_WEIGHT = 0.7  # the promise holds until five newer likes have spoken: 3 × 0.75^5 = 0.71

# Candidates.
GUARDED_PLACES = 100  # as many as a list holds
DEPTH = 300  # films by evidence that are ranked with features, and
DEPTH_EACH = 120  # by each kind of evidence alone; the page shows 100, the model sees 60
RECENT_LIMIT = 60  # films liked most in the last days
SIMILAR_SEEDS = 3  # heaviest films whose content the catalogue is asked for: each costs the engine its own time
SIMILAR_LIMIT = 100
SIMILAR_BELOW = (
    20  # likes from which on learned evidence alone fills the depth: the search costs 20 ms and adds nothing
)
TOP_LIMIT = 100
NEWEST_LIMIT = 100  # films that came last, among which those with few likes are premieres
OFFERED_CONTENT = 0.12  # of the model's candidates by content alone, and
OFFERED_SURPRISES = 0.06  # unlike the first page: together they cost little recall@45 (third_last: 0.355 → 0.348)
BECAUSE_MAX = 3
BECAUSE_AMONG = 15  # heaviest positive films looked at first: the others weigh less than a tenth of the first one
BECAUSE_SHARE = 0.25  # a film is named as a cause when it gave at least this share of the strongest one
