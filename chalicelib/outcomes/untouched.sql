-- Films that a viewer was shown again and again and never touched: one text for Amazon Athena (engine v3), Trino and DuckDB.
--
-- Input: table events, as in `cells.sql`. Output: viewer (a pseudonym), film_id, times; of each viewer the {films_most} shown
-- most often, by viewer. A showing is one in one list on one day, as in `cells.sql`; what stood in no list does not count.
-- Of a film that was last shown before {shown_since} (microseconds since the epoch) nothing is told: it may come again.
SELECT viewer, film_id, times
FROM (
  SELECT viewer, film_id, times,
         row_number() OVER (PARTITION BY viewer ORDER BY times DESC, shown_at DESC, film_id) AS place
  FROM (
    SELECT viewer, film_id,
           count(DISTINCT CASE WHEN kind = 'shown' THEN version || day END) AS times,
           max(CASE WHEN kind = 'shown' THEN happened_at END) AS shown_at,
           max(CASE WHEN kind = 'shown' THEN 0 ELSE 1 END) AS touched
    FROM events
    WHERE day BETWEEN '{first}' AND '{next_day}' AND (kind <> 'shown' OR version <> '')
    GROUP BY viewer, film_id
  ) AS seen
  WHERE touched = 0 AND times >= {times_least} AND shown_at >= {shown_since}
) AS numbered
WHERE place <= {films_most}
ORDER BY viewer, place
