-- How many viewers two films share, and when a film was liked: one text for Amazon Athena (engine v3), Trino and DuckDB.
--
-- Input: tables films, shared and days. Output: one row per liked film: film_id, code (as in `neighbours.sql`: 0 for the film
-- with most likes), likes, viewed (four for a like, one for any other viewing), the codes of more liked films that share
-- viewers with it and how much they do (arrays; null from the 4,000th film on), its likes by day: days before the newest
-- like (0 to 3,649) and how many, when that newest like of all was (microseconds, the same in each row); and what was played
-- without a word, as `viewed` and `counts` have what was said: watched, and shared (an array).
-- No closing semicolon.
SELECT c.film_id, c.code{kept} AS code, c.likes{kept} AS likes, c.viewed{kept} AS viewed, p.others, p.counts,
       d.days, d.day_likes, c.newest{kept} AS newest,
       c.watched{kept} AS watched, p.watched AS shared
FROM films c
LEFT JOIN shared p ON p.code = c.code{kept} AND p.way = {way}
LEFT JOIN days d ON d.film_id = c.film_id AND d.way = {way}
WHERE c.likes{kept} > 0
ORDER BY 2
