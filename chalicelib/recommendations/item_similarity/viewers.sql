-- Viewers to choose a site's weights by: one text for Amazon Athena (engine v3), Trino and DuckDB.
--
-- Input: table histories. Output: the histories of the (at most) 1,000 viewers with five likes or more whose second-last
-- like is newest, up to that like: user_id, film_id, liked, rated_at, is_held (1 for the second-last like itself, the last
-- row of its viewer). What was played without a word is not among them: lists are made of what was said. What is `_kept` in the other texts leaves the same likes out of learning.
WITH asked AS (
  SELECT user_id, film_ids, said, moments, asked_at, asked_film FROM (
    SELECT user_id, film_ids, said, moments, asked_at, asked_film,
           row_number() OVER (ORDER BY asked_at DESC, user_id) AS place
    FROM histories WHERE asked_at IS NOT NULL
  ) AS newest_first WHERE place <= 1000
)
SELECT a.user_id, one.film_id, a.said[one.place] AS liked, a.moments[one.place] AS rated_at,
       CASE WHEN one.film_id = a.asked_film THEN 1 ELSE 0 END AS is_held
FROM asked a CROSS JOIN UNNEST(a.film_ids) WITH ORDINALITY AS one (film_id, place)
WHERE a.said[one.place] < 3
  AND (a.moments[one.place] < a.asked_at OR (a.moments[one.place] = a.asked_at AND one.film_id <= a.asked_film))
ORDER BY a.user_id, rated_at, one.film_id
