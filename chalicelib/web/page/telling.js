// Which film to show next to somebody of whom little is known: the one whose answer tells most. Pure.
//
// Each film of the pool stands for a taste ("somebody who likes films like this one"); what the viewer has picked and
// passed over makes each more or less likely. Shown is what has the highest expected information about that, in bits
// (Lindley 1956, https://doi.org/10.1214/aoms/1177728069; for new viewers: Rashid, Karypis, Riedl 2008,
// https://doi.org/10.1145/1540276.1540302), times how well the film is known, for nobody picks what they have not seen
// (Rashid et al. 2002, https://doi.org/10.1145/502716.502737).

const PICKED_OF_ALIKE = 0.7; // how often a film of one's own taste is picked, and one of any other
const PICKED_OF_OTHERS = 0.06;
const GENRE_SHARE = 0.7; // of how alike two films are; the rest is their years
const YEARS_APART = 15; // the likeness of years falls to 1/e over so many
const PASSED_COUNTS = 0.3; // of an answer: a film may be passed over because it was not seen

/** How alike two films are, 0…1: shared genres among all of theirs (Jaccard), and how near their years are. */
export function likeness(one, other) {
  const genres = new Set(one.genres);
  const shared = (other.genres ?? []).filter((genre) => genres.has(genre)).length;
  const all = new Set([...genres, ...(other.genres ?? [])]).size;
  const years = one.year && other.year ? Math.exp(-Math.abs(one.year - other.year) / YEARS_APART) : 0;
  return (all ? (GENRE_SHARE * shared) / all : 0) + (1 - GENRE_SHARE) * years;
}

const chanceOf = (film, taste) => PICKED_OF_OTHERS + (PICKED_OF_ALIKE - PICKED_OF_OTHERS) * likeness(film, taste) ** 2;

/** How likely each taste of the pool is, in its order, by what was picked and passed over; they sum to 1. */
export function believed(pool, picked, passed) {
  const weights = pool.map((taste) => {
    const forIt = picked.reduce((sum, film) => sum + Math.log(chanceOf(film, taste)), 0);
    return forIt + PASSED_COUNTS * passed.reduce((sum, film) => sum + Math.log(1 - chanceOf(film, taste)), 0);
  });
  const highest = Math.max(...weights);
  const risen = weights.map((weight) => Math.exp(weight - highest));
  const sum = risen.reduce((total, weight) => total + weight, 0);
  return risen.map((weight) => weight / sum);
}

const entropy = (chance) => (chance <= 0 || chance >= 1 ? 0 : -chance * Math.log2(chance) - (1 - chance) * Math.log2(1 - chance));

/** What picking the film or not is expected to tell, in bits. */
export function information(film, pool, belief) {
  let picked = 0;
  let left = 0;
  pool.forEach((taste, index) => {
    const chance = chanceOf(film, taste);
    picked += belief[index] * chance;
    left += belief[index] * entropy(chance);
  });
  return entropy(picked) - left;
}

/** The film of `from` to show beside those that are shown: telling, known, and not what another one asks already. */
export function mostTelling(from, shown, pool, belief) {
  const mostVotes = Math.max(2, ...pool.map((film) => film.imdb_votes ?? 0));
  let best = null;
  let highest = -1;
  for (const film of from) {
    const known = Math.log(2 + (film.imdb_votes ?? 0)) / Math.log(2 + mostVotes);
    const asked = Math.max(0, ...shown.map((other) => likeness(film, other)));
    const worth = information(film, pool, belief) * known * (1 - asked);
    if (worth > highest) [best, highest] = [film, worth];
  }
  return best;
}

/** The films likeliest to be liked, best first, `count` of them. */
export function likeliest(from, pool, belief, count) {
  const worth = new Map(from.map((film) => [film, pool.reduce((sum, taste, index) => sum + belief[index] * chanceOf(film, taste), 0)]));
  return [...from].sort((one, other) => worth.get(other) - worth.get(one)).slice(0, count);
}
