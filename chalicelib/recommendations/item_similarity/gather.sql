-- Everybody's likes, copied once into columns: the site's own from an export of the feedback table, and imported files.
--
-- Input: table exported (item, export): lines of a DynamoDB export as they lie in S3, item a structure of {"s": text} by
-- attribute; table interactions: imported files alone, see `neighbours.sql`. Fills table gathered, of the same columns as
-- interactions, which is empty before. "More like this" is a like, 2 says that a film was only seen; a film that is
-- kept away says nothing: `interaction_of` in `bulk_read.py` says the same of the same items. Times are written by ourselves, always in UTC
-- and with six digits behind the second (or none): RFC 3339 is cut by place, which every engine does alike.
-- Left out is whoever is not proven: all said before the address was confirmed, and not over time (`standing.py`).
INSERT INTO gathered
SELECT own.user_id, own.film_id, own.liked,
       (CAST(date_diff('day', DATE '1970-01-01', CAST(substr(stamp, 1, 10) AS date)) AS bigint) * 86400
         + CAST(substr(stamp, 12, 2) AS bigint) * 3600
         + CAST(substr(stamp, 15, 2) AS bigint) * 60
         + CAST(substr(stamp, 18, 2) AS bigint)) * 1000000
       + coalesce(TRY_CAST(substr(stamp, 21, 6) AS bigint), 0) AS rated_at
FROM (
  SELECT item.user_id.s AS user_id, item.film_id.s AS film_id,
         CASE WHEN item.rating.s = 'like' OR item.steer.s = 'more_like_this' THEN 1
              WHEN item.rating.s = 'dislike' THEN 0 ELSE 2 END AS liked,
         coalesce(item.rated_at.s, item.updated_at.s) AS stamp
  FROM exported
  WHERE export = '{export}' AND (item.rating.s IN ('like', 'dislike', 'seen') OR item.steer.s = 'more_like_this')
) AS own
JOIN (
  SELECT user_id FROM (
    SELECT item.user_id.s AS user_id, item.updated_at.s AS updated_at, item.unconfirmed.s AS unconfirmed
    FROM exported WHERE export = '{export}'
  ) AS words
  GROUP BY user_id
  HAVING count(*) > count(unconfirmed)
      OR (min(updated_at) <= '{first_before}' AND count(DISTINCT substr(updated_at, 1, 10)) >= {on_days})
) AS proven ON proven.user_id = own.user_id
UNION ALL
SELECT user_id, film_id, liked, rated_at FROM interactions
