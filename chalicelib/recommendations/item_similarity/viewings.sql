asked AS (
  SELECT user_id FROM (
    SELECT user_id, row_number() OVER (ORDER BY asked_at DESC, user_id) AS place FROM histories WHERE asked_at IS NOT NULL
  ) AS newest_first WHERE place <= 1000
), viewings AS (
  SELECT h.user_id, one.film_id, one.place, h.said[one.place] AS said, h.moments[one.place] AS moment,
         CASE WHEN asked.user_id IS NULL OR h.moments[one.place] < h.asked_at
                OR (h.moments[one.place] = h.asked_at AND one.film_id < h.asked_film) THEN 1 ELSE 0 END AS kept
  FROM histories h LEFT JOIN asked ON asked.user_id = h.user_id
  CROSS JOIN UNNEST(h.film_ids) WITH ORDINALITY AS one (film_id, place)
)
