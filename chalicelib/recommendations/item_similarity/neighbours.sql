-- Film neighbours from everybody's likes: one text for Amazon Athena (engine v3), Trino and DuckDB.
--
-- Input: table interactions (user_id varchar, film_id varchar, liked integer, rated_at bigint): one row per user and film,
-- liked = 1 for a like, 0 for a dislike and 2 where a film was only seen, which counts in `together.sql` alone; rated_at
-- orders a user's rows (microseconds).
-- Output: one row per film: film_id, code (a dense number, 0 for the film with most likes), and its strongest neighbours
-- in falling order as two arrays: their codes and their scores in millionths (null where a film has none).
--
-- Likes count for each other by how close they stand in a user's history: e^(-distance/10), half of it from the later film
-- back to the earlier one (what follows a film says more than what came before), and a tenth whatever the distance within
-- 50 likes. A dislike near a like takes a fifth of that away. Shrunk by the films' popularity: / (sqrt(n m) + 5).
-- Constants chosen on the second-last and third-last likes of MovieLens: docs/decisions/040-item-similarity.md.
--
-- Weights are summed as integers (units of 1e-9), so that no sum depends on the order of rows and every engine returns the
-- same bits. Histories are joined bucket by bucket, so that the work grows with likes x window and not with the square of
-- the longest history. No closing semicolon: Trino's protocol refuses it.
WITH given AS (
  SELECT user_id, film_id, liked, rated_at FROM interactions
), placed AS (
  SELECT user_id, film_id, liked,
         CAST(sum(liked) OVER (PARTITION BY user_id ORDER BY rated_at, film_id ROWS UNBOUNDED PRECEDING) AS bigint)
           AS pos
  FROM given WHERE liked < 2
), bucketed AS (
  SELECT user_id, film_id, liked, pos, CAST(floor(pos / 5e1) AS bigint) AS bucket FROM placed
), popularity AS (
  SELECT film_id, count(*) AS n FROM given WHERE liked = 1 GROUP BY film_id
), like_pairs AS (
  SELECT a.film_id AS earlier, b.film_id AS later,
         sum(CAST(round((exp((a.pos - b.pos) / 1e1) + 1e-1) * 1e9) AS bigint)) AS onward,
         sum(CAST(round((exp((a.pos - b.pos) / 1e1) * 5e-1 + 1e-1) * 1e9) AS bigint)) AS backward
  FROM bucketed a CROSS JOIN (VALUES (0), (1)) AS next_one (step)
  JOIN bucketed b ON b.user_id = a.user_id AND b.bucket = a.bucket + next_one.step
  WHERE a.liked = 1 AND b.liked = 1 AND b.pos > a.pos AND b.pos <= a.pos + 50
  GROUP BY a.film_id, b.film_id
), dislike_pairs AS (
  SELECT a.film_id AS film_id, b.film_id AS similar_id,
         sum(CAST(round(exp(-abs(a.pos - b.pos) / 1e1) * 2e8) AS bigint)) AS against
  FROM bucketed a CROSS JOIN (VALUES (-1), (0), (1)) AS near_one (step)
  JOIN bucketed b ON b.user_id = a.user_id AND b.bucket = a.bucket + near_one.step
  WHERE a.liked = 1 AND b.liked = 0 AND abs(a.pos - b.pos) <= 50
  GROUP BY a.film_id, b.film_id
), directed AS (
  SELECT CASE WHEN way.w = 0 THEN p.earlier ELSE p.later END AS film_id,
         CASE WHEN way.w = 0 THEN p.later ELSE p.earlier END AS similar_id,
         CASE WHEN way.w = 0 THEN p.onward ELSE p.backward END AS weight
  FROM like_pairs p CROSS JOIN (VALUES (0), (1)) AS way (w)
  UNION ALL
  SELECT film_id, similar_id, -against AS weight FROM dislike_pairs
), weighed AS (
  SELECT film_id, similar_id, sum(weight) AS weight FROM directed GROUP BY film_id, similar_id
), scored AS (
  SELECT s.film_id, s.similar_id,
         CAST(round(CAST(s.weight AS double) / 1e3 / (sqrt(CAST(x.n AS double) * y.n) + 5e0)) AS bigint) AS score
  FROM weighed s
  JOIN popularity x ON x.film_id = s.film_id
  JOIN popularity y ON y.film_id = s.similar_id
  WHERE s.weight > 0
), coded AS (
  SELECT film_id, row_number() OVER (ORDER BY n DESC, film_id) - 1 AS code FROM popularity
), ranked AS (
  SELECT s.film_id, s.score, c.code AS similar_code,
         row_number() OVER (PARTITION BY s.film_id ORDER BY s.score DESC, c.code) AS place
  FROM scored s JOIN coded c ON c.film_id = s.similar_id
  WHERE s.score > 0
), listed AS (
  SELECT film_id,
         array_agg(similar_code ORDER BY place) AS similar_codes,
         array_agg(score ORDER BY place) AS scores
  FROM ranked WHERE place <= 500
  GROUP BY film_id
)
SELECT c.film_id, c.code, l.similar_codes, l.scores
FROM coded c LEFT JOIN listed l ON l.film_id = c.film_id
ORDER BY c.code
