import { createHash, randomUUID } from 'node:crypto';
import type { Host } from './host';

const IDENTITY_OF_STEP = [
  'System.CollectionUri',
  'System.TeamProjectId',
  'System.DefinitionId',
  'Build.BuildId',
  'System.StageName',
  'System.PhaseName',
  'System.JobName',
  'System.JobPositionInPhase',
  'System.TaskInstanceName',
] as const;

const KEY_LENGTH = 40;

/**
 * The key under which a step finds again what an earlier attempt of it started (contract 0.6): the first 40 hex digits of SHA-256 over a
 * JSON array of the step's place in the run, task, action and target. Never an attempt number. A classic release has its release id and
 * stage instead; at the terminal each call is new.
 * @param given the user's own `idempotencyKey`, `''` for none; one longer than 40 characters is hashed
 */
export function idempotencyKey(host: Host, task: string, action: string, target: string, given: string): string {
  if (given !== '') {
    return given.length > KEY_LENGTH || !/^[A-Za-z0-9._-]+$/.test(given) ? hash([given]) : given;
  }
  if (host.kind === 'terminal') {
    return hash([randomUUID()]);
  }
  return hash([...placeOf(host), task, action, target]);
}

function placeOf(host: Host): string[] {
  const value = (name: string) => host.variable(name) ?? '';
  const place = IDENTITY_OF_STEP.map(value);
  const isClassicRelease = value('System.HostType') === 'release' || value('Release.ReleaseId') !== '';
  return isClassicRelease ? [...place, value('Release.ReleaseId'), value('Release.EnvironmentName')] : place;
}

function hash(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, KEY_LENGTH);
}

/** The n-th token of a key, n from 1; at most 64 characters, as the Jobs API wants. */
export function idempotencyToken(key: string, n: number): string {
  return `${key}-${n}`;
}
