import { createHash } from 'node:crypto';
import type { PhiloxKey } from '../statistics/philox';

/** The random stream of one check, and its name for the report. */
export interface Seed {
  readonly key: PhiloxKey;
  /** The 64 bits of the key, 16 hex digits. */
  readonly text: string;
}

/** Seeds come from policy, data and check alone: the same evaluation gives the same report on every machine, and no two checks share a stream. */
export function seedFor(policySha256: string, dataHash: string, checkId: string): Seed {
  const digest = createHash('sha256')
    .update(JSON.stringify([policySha256, dataHash, checkId]), 'utf8')
    .digest();
  return { key: { low: digest.readUInt32BE(0), high: digest.readUInt32BE(4) }, text: digest.toString('hex', 0, 8) };
}
