-- Film neighbours from everybody's likes: one text for Amazon Athena (engine v3), Trino and DuckDB.
--
-- Input: tables films and nearest. Output: one row per film: film_id, code (a dense number, 0 for the film with most likes),
-- and its strongest neighbours in falling order as two arrays: their codes and their scores in millionths (null where a
-- film has none). No closing semicolon: Trino's protocol refuses it.
SELECT c.film_id, c.code{kept} AS code, l.similar_codes, l.scores
FROM films c LEFT JOIN nearest l ON l.code = c.code{kept} AND l.way = {way}
WHERE c.likes{kept} > 0
ORDER BY 2
