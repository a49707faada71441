import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Workspace } from '../api';

/** Where the workspace serves signed URLs; in Azure this is another host, the storage account. */
export const STORAGE_PATH = '/local/storage';

/** What a URL allows, in the letters of a shared access signature. */
export type StorageRight = 'r' | 'w';

/** What stands behind a signed URL. */
export interface SignedPath {
  /** Path of the Files API, with leading slash. */
  readonly path: string;
  readonly right: StorageRight;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

/** A URL that needs no bearer token: it carries path, right and expiry under a signature with the workspace's own key. */
export function signedUrl(
  workspace: Workspace,
  signed: SignedPath,
  query: Readonly<Record<string, string>> = {},
): string {
  const path = signed.path.split('/').map(encodeURIComponent).join('/');
  const parameters = new URLSearchParams({
    ...query,
    sp: signed.right,
    se: String(signed.expires),
    sig: signature(workspace, signed),
  });
  return `${workspace.url}${STORAGE_PATH}${path}?${parameters}`;
}

/**
 * What a URL allows, or why it allows nothing.
 * @param path decoded path of the Files API, with leading slash
 */
export function checkSignature(
  workspace: Workspace,
  path: string,
  query: URLSearchParams,
): SignedPath | { readonly refused: 'signature' | 'expired' } {
  const right = query.get('sp');
  const expires = Number(query.get('se') ?? Number.NaN);
  if ((right !== 'r' && right !== 'w') || !Number.isSafeInteger(expires)) {
    return { refused: 'signature' };
  }
  const signed: SignedPath = { path, right, expires };
  const given = Buffer.from(query.get('sig') ?? '');
  const expected = Buffer.from(signature(workspace, signed));
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    return { refused: 'signature' };
  }
  return expires <= workspace.clock.now() ? { refused: 'expired' } : signed;
}

function signature(workspace: Workspace, { path, right, expires }: SignedPath): string {
  return createHmac('sha256', signingKey(workspace)).update(`${right}\n${expires}\n${path}`).digest('hex');
}

/** Made once and kept, so that URLs outlive a restart as they outlive one of the service. */
function signingKey(workspace: Workspace): string {
  return workspace.store.transaction(() => {
    const keys = workspace.store.collection<string>('storage-signing-key');
    const key = keys.get('key') ?? randomBytes(32).toString('hex');
    keys.put('key', key);
    return key;
  });
}
