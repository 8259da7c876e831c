-- When films were liked: days before the newest like of all (0 to 3,649), and how many likes each had.
--
-- Input: tables histories and films. Output: film_id, way (0: of all likes, 1: of those that are kept, see `films.sql`),
-- days and day_likes (arrays).
WITH {viewings}, dated AS (
  SELECT v.film_id, way.w AS way,
         CAST(floor(CAST((CASE WHEN way.w = 0 THEN f.newest ELSE f.newest_kept END) - v.moment AS double) / 8.64e10)
           AS bigint) AS day,
         count(*) AS likes
  FROM viewings v JOIN films f ON f.film_id = v.film_id CROSS JOIN (VALUES (0), (1)) AS way (w)
  WHERE v.said = 1 AND (way.w = 0 OR v.kept = 1)
    AND (CASE WHEN way.w = 0 THEN f.newest ELSE f.newest_kept END) - v.moment < 315360000000000
  GROUP BY 1, 2, 3
)
SELECT film_id, way, array_agg(day ORDER BY day) AS days, array_agg(likes ORDER BY day) AS day_likes
FROM dated GROUP BY film_id, way
