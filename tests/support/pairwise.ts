/** Values that each factor can take. */
export type Factors = Readonly<Record<string, readonly unknown[]>>;
export type Case = Readonly<Record<string, unknown>>;

/**
 * Cases in which every value of every factor meets every value of every other one at least once. Greedy: each case begins with a pair that is
 * not met yet and then takes, factor by factor, the value that meets most of those left. The same factors give the same cases.
 */
export function pairwise(factors: Factors): readonly Case[] {
  const names = Object.keys(factors);
  const left = new Set<string>();
  for (const [first, one] of names.entries()) {
    for (const other of names.slice(first + 1)) {
      for (const a of indices(factors[one])) {
        for (const b of indices(factors[other])) {
          left.add(pair(one, a, other, b));
        }
      }
    }
  }
  const cases: Case[] = [];
  for (let [seed] = left; seed !== undefined; [seed] = left) {
    const chosen = new Map<string, number>(JSON.parse(seed) as [string, number][]);
    for (const name of names.filter((candidate) => !chosen.has(candidate))) {
      const gains = indices(factors[name]).map((value) => met(chosen, name, value, names, left).length);
      chosen.set(name, gains.indexOf(Math.max(...gains)));
    }
    for (const [name, value] of chosen) {
      for (const key of met(chosen, name, value, names, left)) {
        left.delete(key);
      }
    }
    cases.push(Object.fromEntries(names.map((name) => [name, factors[name]?.[chosen.get(name) ?? 0]])));
  }
  return cases;
}

/** Pairs still wanted that a value forms with those chosen for other factors. */
function met(
  chosen: ReadonlyMap<string, number>,
  name: string,
  value: number,
  names: readonly string[],
  left: ReadonlySet<string>,
): readonly string[] {
  return [...chosen]
    .filter(([other]) => other !== name)
    .map(([other, theirs]) =>
      names.indexOf(name) < names.indexOf(other) ? pair(name, value, other, theirs) : pair(other, theirs, name, value),
    )
    .filter((key) => left.has(key));
}

function pair(one: string, a: number, other: string, b: number): string {
  return JSON.stringify([
    [one, a],
    [other, b],
  ]);
}

function indices(values: readonly unknown[] = []): readonly number[] {
  return values.map((_, index) => index);
}
