import { createHash } from 'node:crypto';
import { userInfo } from 'node:os';
import type { Principal } from '../api';

/** The person who started the workspace, as its administrator. */
export function administrator(): Principal {
  const { username } = userInfo();
  return { id: numericId(`user:${username}`), userName: `${username}@localhost`, displayName: username, kind: 'user' };
}

/** A stable numeric id (16 digits) for a name, as text. */
export function numericId(name: string): string {
  const number = createHash('sha256').update(name).digest().readBigUInt64BE();
  return String((number % 9_000_000_000_000_000n) + 1_000_000_000_000_000n);
}
