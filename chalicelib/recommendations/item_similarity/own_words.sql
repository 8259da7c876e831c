-- What proven viewers have said, out of an export of the feedback table, beside what was imported. Reads the export once.
--
-- Input: table exported (item, export): lines of a DynamoDB export as they lie in S3, item a structure of {"s": text} by
-- attribute; table interactions: imported files alone. Output: rows as in interactions (see `histories.sql`).
-- "More like this" is a like, 2 says that a film was only seen; a film that is kept away says nothing: `interaction_of` in
-- `bulk_read.py` says the same of the same items. Times are written by ourselves, always in UTC and with six digits behind
-- the second (or none): RFC 3339 is cut by place, which every engine does alike.
-- Left out is whoever is not proven: all said before the address was confirmed, and not over time (`standing.py`).
SELECT user_id, film_id, liked,
       (CAST(date_diff('day', DATE '1970-01-01', CAST(substr(stamp, 1, 10) AS date)) AS bigint) * 86400
         + CAST(substr(stamp, 12, 2) AS bigint) * 3600
         + CAST(substr(stamp, 15, 2) AS bigint) * 60
         + CAST(substr(stamp, 18, 2) AS bigint)) * 1000000
       + coalesce(TRY_CAST(substr(stamp, 21, 6) AS bigint), 0) AS rated_at
FROM (
  SELECT user_id, film_id, liked, stamp,
         count(*) OVER (PARTITION BY user_id) AS words,
         count(unconfirmed) OVER (PARTITION BY user_id) AS words_unconfirmed,
         min(updated_at) OVER (PARTITION BY user_id) AS first_word,
         max(on_day) OVER (PARTITION BY user_id) AS on_days
  FROM (
    SELECT item.user_id.s AS user_id, item.film_id.s AS film_id,
           CASE WHEN item.rating.s = 'like' OR item.steer.s = 'more_like_this' THEN 1
                WHEN item.rating.s = 'dislike' THEN 0 WHEN item.rating.s = 'seen' THEN 2 END AS liked,
           coalesce(item.rated_at.s, item.updated_at.s) AS stamp,
           item.updated_at.s AS updated_at, item.unconfirmed.s AS unconfirmed,
           dense_rank() OVER (PARTITION BY item.user_id.s ORDER BY substr(item.updated_at.s, 1, 10)) AS on_day
    FROM exported WHERE export = '{export}'
  ) AS said
) AS own
WHERE liked IS NOT NULL
  AND (words > words_unconfirmed OR (first_word <= '{first_before}' AND on_days >= {on_days}))
UNION ALL
SELECT user_id, film_id, liked, rated_at FROM interactions
