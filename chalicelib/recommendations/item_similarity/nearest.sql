-- Each film's strongest neighbours: of all that was said (way 0), and of what is kept (way 1, see `films.sql`).
--
-- Input: tables films and pairs. Output: way, code (as of that way), and at most 500 neighbours in falling order as two
-- arrays: their codes and their scores in millionths. Weights are shrunk by the films' popularity: / (sqrt(n m) + 5).
WITH popularity AS (
  SELECT code AS number, way.w AS way, CASE WHEN way.w = 0 THEN likes ELSE likes_kept END AS n,
         CASE WHEN way.w = 0 THEN code ELSE code_kept END AS code
  FROM films CROSS JOIN (VALUES (0), (1)) AS way (w)
), scored AS (
  SELECT x.way, x.code, y.code AS similar_code,
         CAST(round(CAST(CASE WHEN x.way = 0 THEN p.weight ELSE p.weight_kept END AS double) / 1e3
           / (sqrt(CAST(x.n AS double) * y.n) + 5e0)) AS bigint) AS score
  FROM pairs p
  JOIN popularity x ON x.number = p.film
  JOIN popularity y ON y.number = p.other AND y.way = x.way
), ranked AS (
  SELECT way, code, score, similar_code,
         row_number() OVER (PARTITION BY way, code ORDER BY score DESC, similar_code) AS place
  FROM scored WHERE score > 0
)
SELECT way, code, array_agg(similar_code ORDER BY place) AS similar_codes, array_agg(score ORDER BY place) AS scores
FROM ranked WHERE place <= 500
GROUP BY way, code
