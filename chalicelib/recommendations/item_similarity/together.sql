-- How many viewers two films share, and when a film was liked: one text for Amazon Athena (engine v3), Trino and DuckDB.
--
-- Input: table interactions, as in `neighbours.sql`. Output: one row per liked film: film_id, code (as in `neighbours.sql`:
-- 0 for the film with most likes), likes, viewed (four for a like, one for any other viewing), the codes of more liked films
-- that share viewers with it and how much they do (arrays; null from the 4,000th film on), its likes by day: days before the
-- newest like (0 to 3,649) and how many, and when that newest like of all was (microseconds, the same in each row).
--
-- A film that a viewer has seen and not liked counts half beside a like (docs/decisions/042-taste.md): who has liked both
-- films counts 4, who has liked one of them 2, who has liked neither 1. Viewings count together when at most 300 of one
-- viewer lie between them: histories are joined bucket by bucket, so that the work grows with viewings x 300 and not with
-- the square of the longest history. No closing semicolon.
WITH given AS (
  SELECT user_id, film_id, liked, rated_at FROM interactions
), popularity AS (
  SELECT film_id, sum(CASE WHEN liked = 1 THEN 1 ELSE 0 END) AS n, sum(CASE WHEN liked = 1 THEN 4 ELSE 1 END) AS viewed
  FROM given GROUP BY film_id
), coded AS (
  SELECT film_id, n, viewed, row_number() OVER (ORDER BY n DESC, film_id) - 1 AS code FROM popularity WHERE n > 0
), placed AS (
  SELECT g.user_id, c.code, CASE WHEN g.liked = 1 THEN 2 ELSE 1 END AS share,
         row_number() OVER (PARTITION BY g.user_id ORDER BY g.rated_at, g.film_id) AS pos
  FROM given g JOIN coded c ON c.film_id = g.film_id
  WHERE c.code < 4000
), bucketed AS (
  SELECT user_id, code, share, pos, CAST(floor(pos / 3e2) AS bigint) AS bucket FROM placed
), pairs AS (
  SELECT greatest(a.code, b.code) AS code, least(a.code, b.code) AS other, sum(a.share * b.share) AS together
  FROM bucketed a CROSS JOIN (VALUES (0), (1)) AS next_one (step)
  JOIN bucketed b ON b.user_id = a.user_id AND b.bucket = a.bucket + next_one.step
  WHERE b.pos > a.pos AND b.pos <= a.pos + 300
  GROUP BY 1, 2
), partners AS (
  SELECT code, array_agg(other ORDER BY other) AS others, array_agg(together ORDER BY other) AS counts
  FROM pairs GROUP BY code
), newest AS (
  SELECT max(rated_at) AS moment FROM given WHERE liked = 1
), dated AS (
  SELECT g.film_id, CAST(floor(CAST(t.moment - g.rated_at AS double) / 8.64e10) AS bigint) AS day, count(*) AS n
  FROM given g CROSS JOIN newest t
  WHERE g.liked = 1 AND t.moment - g.rated_at < 315360000000000
  GROUP BY 1, 2
), days AS (
  SELECT film_id, array_agg(day ORDER BY day) AS days, array_agg(n ORDER BY day) AS day_likes FROM dated GROUP BY film_id
)
SELECT c.film_id, c.code, c.n AS likes, c.viewed, p.others, p.counts, d.days, d.day_likes, t.moment AS newest
FROM coded c CROSS JOIN newest t LEFT JOIN partners p ON p.code = c.code LEFT JOIN days d ON d.film_id = c.film_id
ORDER BY c.code
