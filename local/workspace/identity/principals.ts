import { createHash } from 'node:crypto';
import { userInfo } from 'node:os';
import type { Principal } from '../api';

/**
 * The person who started the workspace, as its administrator.
 * @param username name of the system's user; default: that of this process
 */
export function administrator(username: string = systemUser(userInfo)): Principal {
  return { id: numericId(`user:${username}`), userName: `${username}@localhost`, displayName: username, kind: 'user' };
}

/**
 * The name of the user that this process runs as. A number without an entry in the system's list of users, as containers have it, has none.
 * @param read asks the system, which throws when there is no such entry
 */
export function systemUser(read: () => { readonly username: string }): string {
  try {
    return read().username;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SYSTEM_ERROR') {
      throw error;
    }
    return `user-${process.getuid?.() ?? 0}`;
  }
}

/** A stable numeric id (16 digits) for a name, as text. */
export function numericId(name: string): string {
  const number = createHash('sha256').update(name).digest().readBigUInt64BE();
  return String((number % 9_000_000_000_000_000n) + 1_000_000_000_000_000n);
}
