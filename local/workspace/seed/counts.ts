import { type Fields, invalid, optionalInteger } from '../fields';

/** The most things that one request may seed: what keeps it within a second or two. */
export const MOST_SEEDED = 10_000;

/** A count or a duration of a seed. @throws ApiError 400 INVALID_PARAMETER_VALUE below zero */
export function natural(fields: Fields, name: string, standard: number): number {
  const value = optionalInteger(fields, name) ?? standard;
  if (value < 0) {
    throw invalid(`Parameter '${name}' must not be negative.`);
  }
  return value;
}

/** @param what plural, such as `jobs and runs`. @throws ApiError 400 INVALID_PARAMETER_VALUE for more than {@link MOST_SEEDED} */
export function refuseTooMany(total: number, what: string): void {
  if (total > MOST_SEEDED) {
    throw invalid(`One request seeds at most ${MOST_SEEDED} ${what}, this one names ${total}.`);
  }
}
