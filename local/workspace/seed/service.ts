import type { Service } from '../api';
import type { Tokens } from '../tokens';
import { seedModelVersions } from './model-versions';
import { seedTrackingRuns } from './tracking-runs';

/** Control paths that fill a workspace; the one for jobs is with the jobs, whose state machine it uses. */
export function createSeeds(tokens: Tokens): Service {
  return { operations: [seedModelVersions(tokens), seedTrackingRuns(tokens)] };
}
