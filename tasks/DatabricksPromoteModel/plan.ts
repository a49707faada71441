import { TaskError } from '../../src/errors';

/** Numbers that the aliases of a model name; `''` only on a definite not-found. */
export interface Aliases {
  readonly champion: string;
  readonly previous: string;
}

/** One change of an alias. `version: ''` removes it. */
export interface AliasWrite {
  readonly alias: 'champion' | 'previous_champion';
  readonly version: string;
}

/** What to write, in this order, and what must be there afterwards. */
export interface Plan {
  readonly writes: readonly AliasWrite[];
  readonly after: Aliases;
  /** The champion that gives way, or gave way when this action was begun before; `''` when there is none. */
  readonly leaving: string;
}

/** What the tags of a version say: hints, read only where aliases cannot tell. */
export interface VersionState {
  readonly version: string;
  /** Tag `mlops_state`, `''` when there is none. */
  readonly state: string;
  /** Tag `mlops_changed_at` in seconds since the epoch; 0 when there is none. */
  readonly changedAt: number;
}

/**
 * Promotion of a version by compare-and-set. `previous_champion` is written before `champion`, so that a version that is champion
 * always has its predecessor named, wherever the process dies; the same plan from any state in between leads to the same end.
 * @param expected champion that the report compared with, `''` for none
 * @throws TaskError CHALLENGER_IS_CHAMPION, CHAMPION_CHANGED
 */
export function planPromotion(now: Aliases, version: string, expected: string): Plan {
  if (version === expected) {
    throw new TaskError(
      'CHALLENGER_IS_CHAMPION',
      `Version ${version} is the champion that the report compared it with.`,
      {
        todo: 'Evaluate another version; a version cannot be its own challenger.',
      },
    );
  }
  if (now.champion === version) {
    return { writes: [], after: now, leaving: expected };
  }
  if (now.champion !== expected) {
    throw new TaskError(
      'CHAMPION_CHANGED',
      `The champion is ${named(now.champion)}, but ${named(expected)} was expected.`,
      {
        todo: 'Evaluate the version against the champion of now, and promote with that report.',
      },
    );
  }
  const former: AliasWrite = { alias: 'previous_champion', version: now.champion };
  return {
    writes: [...(now.previous === former.version ? [] : [former]), { alias: 'champion', version }],
    after: { champion: version, previous: former.version },
    leaving: now.champion,
  };
}

/**
 * Rollback to `previous_champion`: sets `champion`, then removes `previous_champion`. The version that leaves is named by no alias
 * any more, so that no repetition and no second rollback can bring it back.
 * @param toVersion `previous_champion` or a number
 * @param states of all versions; only read where there is nothing to go back to
 * @throws TaskError NO_ROLLBACK_TARGET unless a rollback has just been done, wholly or up to some point
 */
export function planRollback(now: Aliases, toVersion: string, states: readonly VersionState[]): Plan {
  const wanted = toVersion === 'previous_champion' ? now.previous : toVersion;
  if (now.previous !== '' && now.previous !== now.champion && wanted === now.previous) {
    return {
      writes: [
        { alias: 'champion', version: now.previous },
        { alias: 'previous_champion', version: '' },
      ],
      after: { champion: now.previous, previous: '' },
      leaving: now.champion,
    };
  }
  const left = leftByRollback(now.champion, states);
  const nothingToGoBackTo = now.previous === '' || now.previous === now.champion;
  if (nothingToGoBackTo && left !== undefined && (toVersion === 'previous_champion' || toVersion === now.champion)) {
    const writes: AliasWrite[] = now.previous === '' ? [] : [{ alias: 'previous_champion', version: '' }];
    return { writes, after: { champion: now.champion, previous: '' }, leaving: left };
  }
  throw noTarget(now, toVersion);
}

/**
 * The version that a rollback to the champion of now has left, or undefined when no rollback led to it. Two marks tell:
 * the champion is tagged `superseded` (a rollback that died before its tags: promotion had tagged it), or it is tagged `champion` and
 * another version is tagged `rolled_back` since then.
 */
export function leftByRollback(champion: string, states: readonly VersionState[]): string | undefined {
  const own = states.find(({ version }) => version === champion);
  const since = own?.state === 'superseded' ? 0 : own?.state === 'champion' ? own.changedAt : Number.POSITIVE_INFINITY;
  const marks = own?.state === 'superseded' ? ['champion', 'rolled_back'] : ['rolled_back'];
  const [left] = states
    .filter(({ version, state, changedAt }) => version !== champion && marks.includes(state) && changedAt >= since)
    .sort((a, b) => b.changedAt - a.changedAt);
  return left?.version;
}

function noTarget(now: Aliases, toVersion: string): TaskError {
  const possible = now.previous === '' || now.previous === now.champion ? 'none' : now.previous;
  const why =
    now.previous === ''
      ? "the alias 'previous_champion' names no version"
      : now.previous === now.champion
        ? `'previous_champion' names ${now.previous}, which is the champion itself`
        : `'previous_champion' names ${now.previous} and not ${toVersion}`;
  return new TaskError('NO_ROLLBACK_TARGET', `There is nothing to roll back to: ${why}.`, {
    where: `The champion is ${named(now.champion)}; versions that 'toVersion' may name: ${possible}.`,
    todo: "Promote the version that you want with a report, by action 'promote'.",
  });
}

function named(version: string): string {
  return version === '' ? 'no version' : `version ${version}`;
}
