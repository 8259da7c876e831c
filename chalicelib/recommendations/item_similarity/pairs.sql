-- How much the likes of one film say for another: weights of likes that stand close together, less what dislikes take away.
--
-- Input: tables histories and films. Output: film, other (codes), weight, and weight_kept: the same without what the viewers
-- of `viewers.sql` are asked about. Both are sums over viewers, so one pass over the histories gives both.
--
-- Likes count for each other by how close they stand in a user's history: e^(-distance/10), half of it from the later film
-- back to the earlier one (what follows a film says more than what came before), and a tenth whatever the distance within
-- 50 likes. A dislike near a like takes a fifth of that away. Constants chosen on the second-last and third-last likes of
-- MovieLens: docs/decisions/040-item-similarity.md. Weights are summed as integers (units of 1e-9), so that no sum depends
-- on the order of rows and every engine returns the same bits.
--
-- A history is cut into stretches of 50 likes, and each is held against itself and the one after it: work grows with likes
-- x window and not with the square of the longest history, and no table is joined with itself. An entry of a stretch is one
-- number that grows with its place: ((position x 2 + like) x 2 + kept) x 2^24 + the film's code.
WITH {viewings}, placed AS (
  SELECT user_id, film_id, said, kept,
         CAST(sum(said) OVER (PARTITION BY user_id ORDER BY place ROWS UNBOUNDED PRECEDING) AS bigint) AS pos
  FROM viewings WHERE said < 2
), stretches AS (
  SELECT p.user_id, CAST(floor(p.pos / 5e1) AS bigint) AS stretch,
         array_agg(((p.pos * 2 + p.said) * 2 + p.kept) * 16777216 + f.code) AS entries
  FROM placed p JOIN films f ON f.film_id = p.film_id
  GROUP BY 1, 2
), followed AS (
  SELECT entries, CASE WHEN lead(stretch) OVER (PARTITION BY user_id ORDER BY stretch) = stretch + 1
                       THEN lead(entries) OVER (PARTITION BY user_id ORDER BY stretch) END AS after
  FROM stretches
), unfolded AS (
  SELECT CAST(floor(x.entry / 3.3554432e7) AS bigint) AS first_said, CAST(floor(y.entry / 3.3554432e7) AS bigint) AS then_said,
         mod(x.entry, 16777216) AS first_film, mod(y.entry, 16777216) AS then_film,
         mod(CAST(floor(x.entry / 1.6777216e7) AS bigint), 2) * mod(CAST(floor(y.entry / 1.6777216e7) AS bigint), 2) AS kept
  FROM followed CROSS JOIN UNNEST(entries) AS x (entry)
  CROSS JOIN UNNEST(CASE WHEN after IS NULL THEN entries ELSE entries || after END) AS y (entry)
  WHERE y.entry > x.entry
), beside AS (
  SELECT first_film, then_film, mod(first_said, 2) AS first_liked, mod(then_said, 2) AS then_liked, kept,
         CAST(floor(first_said / 2e0) AS bigint) AS first_pos, CAST(floor(then_said / 2e0) AS bigint) AS then_pos
  FROM unfolded
), weighed AS (
  SELECT CASE WHEN first_liked = 1 THEN first_film ELSE then_film END AS film,
         CASE WHEN first_liked = 1 THEN then_film ELSE first_film END AS other, kept,
         CASE WHEN first_liked = 1 AND then_liked = 1
              THEN CAST(round((exp((first_pos - then_pos) / 1e1) + 1e-1) * 1e9) AS bigint)
              ELSE -CAST(round(exp(-abs(first_pos - then_pos) / 1e1) * 2e8) AS bigint) END AS onward,
         CASE WHEN first_liked = 1 AND then_liked = 1
              THEN CAST(round((exp((first_pos - then_pos) / 1e1) * 5e-1 + 1e-1) * 1e9) AS bigint) ELSE 0 END AS backward
  FROM beside
  WHERE first_liked + then_liked > 0 AND then_pos - first_pos <= 50
), summed AS (
  SELECT film, other, sum(onward) AS onward, sum(backward) AS backward,
         sum(onward * kept) AS onward_kept, sum(backward * kept) AS backward_kept
  FROM weighed GROUP BY film, other
), directed AS (
  SELECT CASE WHEN way.w = 0 THEN film ELSE other END AS film,
         CASE WHEN way.w = 0 THEN other ELSE film END AS other,
         CASE WHEN way.w = 0 THEN onward ELSE backward END AS weight,
         CASE WHEN way.w = 0 THEN onward_kept ELSE backward_kept END AS weight_kept
  FROM summed CROSS JOIN (VALUES (0), (1)) AS way (w)
)
SELECT film, other, CAST(sum(weight) AS bigint) AS weight, CAST(sum(weight_kept) AS bigint) AS weight_kept
FROM directed GROUP BY film, other
HAVING sum(weight) > 0 OR sum(weight_kept) > 0
