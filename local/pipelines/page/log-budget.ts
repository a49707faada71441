/**
 * How much of each log the page shows: the largest share for all alike with which the sum stays within `total`, so that small logs stay whole and only the
 * largest are cut.
 * @param costs characters of each log
 */
export function shareOf(costs: readonly number[], total: number): number {
  const rising = [...costs].sort((a, b) => a - b);
  let rest = total;
  for (const [index, cost] of rising.entries()) {
    const share = rest / (rising.length - index);
    if (cost > share) {
      return Math.floor(share);
    }
    rest -= cost;
  }
  return Number.POSITIVE_INFINITY;
}
