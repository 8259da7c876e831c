-- One row a viewer: what was said of which film when, oldest first. What all that is learned is learned from: a viewer's
-- id stands here once and not with each like, so that ten million likes take what half a million ids do.
--
-- Input: table interactions (user_id varchar, film_id varchar, liked integer, rated_at bigint): one row per user and film,
-- liked = 1 for a like, 0 for a dislike and 2 where a film was only seen; rated_at orders a user's rows (microseconds).
-- Output: user_id, film_ids, said and moments (arrays, by rated_at and film), and the second-last like of whoever has five
-- or more (asked_at, asked_film; else null): the newest 1,000 of those likes are what a site's weights are chosen by.
SELECT user_id,
       array_agg(film_id ORDER BY rated_at, film_id) AS film_ids,
       array_agg(liked ORDER BY rated_at, film_id) AS said,
       array_agg(rated_at ORDER BY rated_at, film_id) AS moments,
       max(CASE WHEN back = 2 AND likes >= 5 THEN rated_at END) AS asked_at,
       max(CASE WHEN back = 2 AND likes >= 5 THEN film_id END) AS asked_film
FROM (
  SELECT user_id, film_id, liked, rated_at,
         CASE WHEN liked = 1
              THEN row_number() OVER (PARTITION BY user_id, liked ORDER BY rated_at DESC, film_id DESC) END AS back,
         count(*) OVER (PARTITION BY user_id, liked) AS likes
  FROM interactions
) AS numbered
GROUP BY user_id
