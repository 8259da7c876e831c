-- One row a viewer: what was said of which film when, oldest first. What all that is learned is learned from: a viewer's
-- id stands here once and not with each like, so that ten million likes take what half a million ids do.
--
-- Input: table interactions (user_id varchar, film_id varchar, liked integer, rated_at bigint): one row per user and film,
-- liked = 1 for a like, 0 for a dislike and 2 where a film was only seen; rated_at orders a user's rows (microseconds).
-- Beside them films that a user began to play (3) or saw to the end (4), by what clients told: left out where the user has
-- said something of the film, and of users who have said nothing of any, of whom nobody knows whether they are persons.
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
         count(*) OVER (PARTITION BY user_id, liked) AS likes,
         min(liked) OVER (PARTITION BY user_id) AS least_of_user,
         min(liked) OVER (PARTITION BY user_id, film_id) AS least_of_film
  FROM interactions
) AS numbered
WHERE liked < 3 OR (least_of_user < 3 AND least_of_film >= 3)
GROUP BY user_id
