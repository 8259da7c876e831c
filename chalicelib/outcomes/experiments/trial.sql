-- What the arms of one experiment came to over some days, and how much their viewers differ.
--
-- Input: table events, as in `../cells.sql`; an experiment stands in its column as NAME:ARM, with + between several.
-- Output: one row an arm, as in `model.ArmSums`. A film counts once a viewer and day, however many lists it stood in: an
-- arm whose lists are made anew more often has no more of them. It is liked if a like came within a day.
WITH shown AS (
  SELECT viewer, film_id, day, regexp_extract(experiment, '(^|[+]){name}:([a-z0-9-]+)', 2) AS arm,
         min(happened_at) AS shown_at
  FROM events
  WHERE kind = 'shown' AND day BETWEEN '{first}' AND '{last}' AND concat('+', experiment) LIKE '%+{name}:%'
  GROUP BY 1, 2, 3, 4
),
likes AS (
  SELECT DISTINCT viewer, film_id, happened_at
  FROM events
  WHERE kind = 'liked' AND day BETWEEN '{first}' AND '{next_day}'
),
films AS (
  SELECT shown.viewer AS viewer, shown.arm AS arm, shown.film_id AS film_id, shown.day AS day,
         max(CASE WHEN likes.happened_at IS NULL THEN 0 ELSE 1 END) AS liked
  FROM shown
  LEFT JOIN likes ON likes.viewer = shown.viewer AND likes.film_id = shown.film_id
    AND likes.happened_at >= shown.shown_at AND likes.happened_at - shown.shown_at < 86400000000
  GROUP BY 1, 2, 3, 4
),
viewers AS (
  SELECT viewer, arm, count(*) AS shown, sum(liked) AS liked
  FROM films
  GROUP BY 1, 2
)
SELECT arm, count(*) AS viewers, sum(shown) AS shown, sum(liked) AS liked,
       sum(shown * shown) AS shown_squared, sum(liked * liked) AS liked_squared, sum(shown * liked) AS shown_liked
FROM viewers
GROUP BY 1
ORDER BY 1
