// Russian, of the picker of films.
export const pickerWordsRu = {
  start_search: "Найти свой фильм",
  start_others: "Показать другие",
  start_picked: "Выбранное",
  start_left: { one: "Ещё {n} фильм", few: "Ещё {n} фильма", many: "Ещё {n} фильмов", other: "Ещё {n} фильма" },
};
