-- What came of a day's showings, by kind of place.
--
-- Input: table events, one row for each time something was told: viewer (a pseudonym), kind, film_id, happened_at
-- (microseconds since the epoch), source, place (0: not told), surface, experiment, version (of the list), day (UTC,
-- YYYY-MM-DD), prompt_version, age (of the film in years, -1: not known; null in files of before 0.3, as prompt_version).
-- The same thing may be told any number of times. Output: one row a cell, as in `model.Cell`.
-- A showing is a film that a viewer was shown in one list on one day. What they did with the film belongs to the last
-- showing before it, and counts once, if it came within a day.
WITH showings AS (
  SELECT viewer, film_id, version, day, min(happened_at) AS shown_at,
         max(source) AS source, max(place) AS place, max(surface) AS surface, max(experiment) AS experiment,
         coalesce(max(prompt_version), '') AS prompt_version, coalesce(max(age), -1) AS age
  FROM events
  WHERE kind = 'shown' AND day BETWEEN '{day}' AND '{next_day}'
  GROUP BY viewer, film_id, version, day
),
told AS (
  SELECT viewer, film_id, happened_at, kind, 1 AS is_deed
  FROM events
  WHERE kind <> 'shown' AND day BETWEEN '{day}' AND '{next_day}'
  UNION ALL
  SELECT viewer, film_id, shown_at AS happened_at, 'shown' AS kind, 0 AS is_deed FROM showings
),
placed AS (
  SELECT viewer, film_id, kind, is_deed, happened_at,
         max(CASE WHEN is_deed = 0 THEN happened_at END)
           OVER (PARTITION BY viewer, film_id ORDER BY happened_at, is_deed
                 ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS shown_at
  FROM told
),
deeds AS (
  SELECT viewer, film_id, shown_at,
         max(CASE WHEN kind = 'opened' THEN 1 ELSE 0 END) AS opened,
         max(CASE WHEN kind = 'started' THEN 1 ELSE 0 END) AS started,
         max(CASE WHEN kind = 'finished' THEN 1 ELSE 0 END) AS finished,
         max(CASE WHEN kind = 'liked' THEN 1 ELSE 0 END) AS liked,
         max(CASE WHEN kind = 'disliked' THEN 1 ELSE 0 END) AS disliked
  FROM placed
  WHERE is_deed = 1 AND happened_at - shown_at < 86400000000
  GROUP BY viewer, film_id, shown_at
)
SELECT showings.source AS source,
       CASE WHEN place <= 10 THEN place WHEN place <= 20 THEN 11 WHEN place <= 50 THEN 21 ELSE 51 END AS band,
       showings.surface AS surface, showings.experiment AS experiment,
       count(*) AS shown,
       sum(coalesce(opened, 0)) AS opened,
       sum(coalesce(started, 0)) AS started,
       sum(coalesce(finished, 0)) AS finished,
       sum(coalesce(liked, 0)) AS liked,
       sum(coalesce(disliked, 0)) AS disliked,
       prompt_version,
       CASE WHEN age < 2 THEN least(age, 0) WHEN age < 5 THEN 2 WHEN age < 10 THEN 5 WHEN age < 20 THEN 10
            WHEN age < 40 THEN 20 ELSE 40 END AS age
FROM showings
LEFT JOIN deeds ON deeds.viewer = showings.viewer AND deeds.film_id = showings.film_id
  AND deeds.shown_at = showings.shown_at
WHERE showings.day = '{day}'
GROUP BY 1, 2, 3, 4, 11, 12
ORDER BY 1, 2, 3, 4, 11, 12
