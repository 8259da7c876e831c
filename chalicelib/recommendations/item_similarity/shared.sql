-- How many viewers two films share: of all that was said (way 0), and of what is kept (way 1, see `films.sql`).
--
-- Input: tables histories and films. Output: way, code (as of that way, below 4,000: the most liked films alone), the codes of
-- more liked films that share viewers with it, and how much they do (arrays others and counts); watched: how much more they
-- do by films that were played and of which nothing was said.
--
-- A film that a viewer has seen and not liked counts half beside a like (docs/decisions/042-taste.md): who has liked both
-- films counts 4, who has liked one of them 2, who has liked neither 1. A film seen to the end (said 4) counts as a like, one
-- that began to play (3) as a viewing, in a sum of their own, to which learning gives a weight. Viewings count together
-- when at most 300 of one viewer lie between them: as in `pairs.sql`, histories are cut into stretches, of 300 viewings of
-- such films (what was played counts for no position). An entry is
-- ((position x 2 + played) x 2 + strong) x 2^24 + the film's code. Both sums are one number, the other one in units of 2^31:
-- pairs of films are what the engine's memory goes by.
WITH {viewings}, placed AS (
  SELECT v.user_id, way.w AS way, CASE WHEN way.w = 0 THEN f.code ELSE f.code_kept END AS code,
         CASE WHEN v.said IN (1, 4) THEN 1 ELSE 0 END AS strong,
         CASE WHEN v.said < 3 THEN 0 ELSE 1 END AS played,
         CAST(sum(CASE WHEN v.said < 3 THEN 1 ELSE 0 END)
           OVER (PARTITION BY v.user_id, way.w ORDER BY v.place ROWS UNBOUNDED PRECEDING) AS bigint) AS pos
  FROM viewings v JOIN films f ON f.film_id = v.film_id CROSS JOIN (VALUES (0), (1)) AS way (w)
  WHERE (way.w = 0 AND f.code < 4000) OR (way.w = 1 AND v.kept = 1 AND f.code_kept < 4000 AND f.likes_kept > 0)
), stretches AS (
  SELECT user_id, way, CAST(floor(pos / 3e2) AS bigint) AS stretch,
         array_agg(((pos * 2 + played) * 2 + strong) * 16777216 + code) AS entries
  FROM placed GROUP BY 1, 2, 3
), followed AS (
  SELECT way, entries,
         CASE WHEN lead(stretch) OVER (PARTITION BY user_id, way ORDER BY stretch) = stretch + 1
              THEN lead(entries) OVER (PARTITION BY user_id, way ORDER BY stretch) END AS after
  FROM stretches
), beside AS (
  SELECT way,
         CAST(floor(x.entry / 6.7108864e7) AS bigint) AS first_pos, CAST(floor(y.entry / 6.7108864e7) AS bigint) AS then_pos,
         greatest(mod(CAST(floor(x.entry / 3.3554432e7) AS bigint), 2), mod(CAST(floor(y.entry / 3.3554432e7) AS bigint), 2))
           AS played,
         mod(x.entry, 16777216) AS first_code, mod(y.entry, 16777216) AS then_code,
         (1 + mod(CAST(floor(x.entry / 1.6777216e7) AS bigint), 2)) * (1 + mod(CAST(floor(y.entry / 1.6777216e7) AS bigint), 2))
           AS shares
  FROM followed CROSS JOIN UNNEST(entries) AS x (entry)
  CROSS JOIN UNNEST(CASE WHEN after IS NULL THEN entries ELSE entries || after END) AS y (entry)
  WHERE y.entry > x.entry
), summed AS (
  SELECT way, greatest(first_code, then_code) AS code, least(first_code, then_code) AS other,
         CAST(sum(CASE WHEN played = 1 THEN shares * 2147483648 ELSE shares END) AS bigint) AS both_sums
  FROM beside WHERE then_pos <= first_pos + 300
  GROUP BY 1, 2, 3
), parted AS (
  SELECT way, code, other, mod(both_sums, 2147483648) AS together,
         CAST(CAST(both_sums - mod(both_sums, 2147483648) AS double) / 2.147483648e9 AS bigint) AS played
  FROM summed
)
SELECT way, code, array_agg(other ORDER BY other) AS others, array_agg(together ORDER BY other) AS counts,
       array_agg(played ORDER BY other) AS watched
FROM parted GROUP BY way, code
