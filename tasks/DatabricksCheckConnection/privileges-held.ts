import { type SecurableType, sameName } from '../../src/databricks/grants';
import type { Securable } from '../../src/databricks/securables';
import type { WorkspaceClient } from '../../src/databricks/workspace-client';
import { ApiError } from '../../src/http/errors';

/** What is known of rights on a securable. */
export interface LackedPrivileges {
  readonly lacked: readonly string[];
  /** Groups whose rights the service does not show to the identity. */
  readonly hidden: readonly string[];
}

/**
 * Those of the wanted rights that none of the holders has, by grant, by inheritance, or by owning the securable.
 * @param holders names of the identity and its groups
 */
export async function lackedPrivileges(
  { grants }: WorkspaceClient,
  type: SecurableType,
  { fullName, owner }: Securable,
  holders: readonly string[],
  wanted: readonly string[],
): Promise<LackedPrivileges> {
  const lacked = new Set(holders.some((name) => sameName(name, owner)) ? [] : wanted);
  const hidden: string[] = [];
  for (const holder of holders) {
    if (lacked.size === 0) {
      break;
    }
    const held = await privilegesOf(() => grants.effective(type, fullName, holder));
    if (held === 'hidden') {
      hidden.push(holder);
      continue;
    }
    for (const { privilege } of held) {
      if (privilege === 'ALL_PRIVILEGES') {
        lacked.clear();
      }
      lacked.delete(privilege);
    }
  }
  return { lacked: [...lacked], hidden };
}

/** Rights as the service tells them; `hidden` when it does not show them to the identity. A holder that it does not know has none. */
export async function privilegesOf<T>(ask: () => Promise<readonly T[]>): Promise<readonly T[] | 'hidden'> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ApiError && error.errorCode === 'PRINCIPAL_DOES_NOT_EXIST') {
      return [];
    }
    if (error instanceof ApiError && error.errorCode === 'PERMISSION_DENIED') {
      return 'hidden';
    }
    throw error;
  }
}
