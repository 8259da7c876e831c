-- What the model's picks came to over some days, beside the films that stood in the same lists at the same places.
--
-- Input: table events, as in `../cells.sql`. Output: one row for each place (those from 31 on together) and kind of
-- film: picked (1 or 0), shown, liked. Lists without a pick, or of picks alone, compare nothing.
WITH shown AS (
  SELECT viewer, film_id, version, day, min(happened_at) AS shown_at, max(source) AS source, max(place) AS place
  FROM events
  WHERE kind = 'shown' AND day BETWEEN '{first}' AND '{last}' AND version <> '' AND source <> '' AND place > 0
  GROUP BY 1, 2, 3, 4
),
lists AS (
  SELECT viewer, version
  FROM shown
  GROUP BY 1, 2
  HAVING max(CASE WHEN source = 'gigachat' THEN 1 ELSE 0 END) = 1
    AND max(CASE WHEN source <> 'gigachat' THEN 1 ELSE 0 END) = 1
),
likes AS (
  SELECT DISTINCT viewer, film_id, happened_at
  FROM events
  WHERE kind = 'liked' AND day BETWEEN '{first}' AND '{next_day}'
),
films AS (
  SELECT shown.viewer AS viewer, shown.film_id AS film_id, shown.version AS version, shown.day AS day,
         shown.source AS source, shown.place AS place,
         max(CASE WHEN likes.happened_at IS NULL THEN 0 ELSE 1 END) AS liked
  FROM shown
  JOIN lists ON lists.viewer = shown.viewer AND lists.version = shown.version
  LEFT JOIN likes ON likes.viewer = shown.viewer AND likes.film_id = shown.film_id
    AND likes.happened_at >= shown.shown_at AND likes.happened_at - shown.shown_at < 86400000000
  GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT CASE WHEN place > 30 THEN 31 ELSE place END AS place,
       CASE WHEN source = 'gigachat' THEN 1 ELSE 0 END AS picked,
       count(*) AS shown, sum(liked) AS liked
FROM films
GROUP BY 1, 2
ORDER BY 1, 2
