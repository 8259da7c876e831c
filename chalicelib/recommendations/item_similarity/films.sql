-- The films that anybody has liked, counted twice: with all that was said, and without what the viewers of `viewers.sql`
-- are asked about and said after it (`_kept`).
--
-- Input: table histories. Output: film_id, likes, viewed (four for a like, one for any other viewing), code (a dense number,
-- 0 for the film with most likes), when the newest like of all was (microseconds, the same in each row), and watched: four
-- for who saw it to the end, one for who began to play it, and said nothing.
WITH {viewings}, counted AS (
  SELECT film_id,
         sum(CASE WHEN said = 1 THEN 1 ELSE 0 END) AS likes,
         sum(CASE WHEN said = 1 THEN 4 WHEN said < 3 THEN 1 ELSE 0 END) AS viewed,
         sum(CASE WHEN said = 4 THEN 4 WHEN said = 3 THEN 1 ELSE 0 END) AS watched,
         max(CASE WHEN said = 1 THEN moment END) AS newest,
         sum(CASE WHEN said = 1 THEN kept ELSE 0 END) AS likes_kept,
         sum(CASE WHEN said = 1 THEN 4 * kept WHEN said < 3 THEN kept ELSE 0 END) AS viewed_kept,
         sum(CASE WHEN said = 4 THEN 4 * kept WHEN said = 3 THEN kept ELSE 0 END) AS watched_kept,
         max(CASE WHEN said = 1 AND kept = 1 THEN moment END) AS newest_kept
  FROM viewings GROUP BY film_id
)
SELECT film_id,
       CAST(likes AS bigint) AS likes, CAST(viewed AS bigint) AS viewed,
       row_number() OVER (ORDER BY likes DESC, film_id) - 1 AS code,
       max(newest) OVER () AS newest,
       CAST(likes_kept AS bigint) AS likes_kept, CAST(viewed_kept AS bigint) AS viewed_kept,
       row_number() OVER (ORDER BY likes_kept DESC, film_id) - 1 AS code_kept,
       max(newest_kept) OVER () AS newest_kept,
       CAST(watched AS bigint) AS watched, CAST(watched_kept AS bigint) AS watched_kept
FROM counted WHERE likes > 0
