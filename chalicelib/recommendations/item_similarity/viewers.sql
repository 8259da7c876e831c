-- Viewers to choose a site's weights by: one text for Amazon Athena (engine v3), Trino and DuckDB.
--
-- Input: table interactions, as in `neighbours.sql`. Output: the histories of the (at most) 1,000 viewers with five likes or
-- more whose second-last like is newest, up to that like: user_id, film_id, liked, rated_at, is_held (1 for the
-- second-last like itself, the last row of its viewer). `held_out` in `sql.py` leaves the same likes out of learning.
WITH likes AS (
  SELECT user_id, film_id, rated_at,
         row_number() OVER (PARTITION BY user_id ORDER BY rated_at DESC, film_id DESC) AS back,
         count(*) OVER (PARTITION BY user_id) AS n
  FROM interactions WHERE liked = 1
), second_last AS (
  SELECT user_id, film_id, rated_at, row_number() OVER (ORDER BY rated_at DESC, user_id) AS place
  FROM likes WHERE back = 2 AND n >= 5
), held AS (
  SELECT user_id, film_id, rated_at FROM second_last WHERE place <= 1000
)
SELECT j.user_id, j.film_id, j.liked, j.rated_at, CASE WHEN j.film_id = h.film_id THEN 1 ELSE 0 END AS is_held
FROM interactions j JOIN held h ON h.user_id = j.user_id
WHERE j.rated_at < h.rated_at OR (j.rated_at = h.rated_at AND j.film_id <= h.film_id)
ORDER BY j.user_id, j.rated_at, j.film_id
