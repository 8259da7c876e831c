// English, of the picker of films.
export const pickerWordsEn = {
  start_search: "Find a film of yours",
  start_others: "Show others",
  start_picked: "Picked",
  start_left: { one: "{n} more film", other: "{n} more films" },
};
