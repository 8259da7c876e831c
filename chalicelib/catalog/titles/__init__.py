"""From a written title to the film that is meant. Pure: knows films, no store and no search engine."""
