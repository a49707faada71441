/** `1 file`, `2 files`; for nouns whose plural ends in `s`. */
export function counted(count: number | bigint, noun: string): string {
  return `${count} ${noun}${Number(count) === 1 ? '' : 's'}`;
}
