"""From a source of films (rows, IMDb's files, the demo) to films, bad rows refused one by one."""
