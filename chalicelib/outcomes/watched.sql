-- Films that viewers began to play or saw to the end in these days: one text for Amazon Athena (engine v3), Trino and DuckDB.
--
-- Input: table events, as in `cells.sql`. Output: viewer (a pseudonym), film_id, finished (1 or 0), moment (of the first word
-- of it, microseconds since the epoch): of each viewer the latest {films_most} films.
SELECT viewer, film_id, finished, moment
FROM (
  SELECT viewer, film_id, finished, moment,
         row_number() OVER (PARTITION BY viewer ORDER BY moment DESC, film_id) AS back
  FROM (
    SELECT viewer, film_id, max(CASE WHEN kind = 'finished' THEN 1 ELSE 0 END) AS finished, min(happened_at) AS moment
    FROM events
    WHERE kind IN ('started', 'finished') AND day BETWEEN '{first}' AND '{next_day}'
    GROUP BY viewer, film_id
  ) AS played
) AS numbered
WHERE back <= {films_most}
