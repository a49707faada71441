import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where things are kept that several clones and runs share (Python environments).
 * `DATABRICKS_MLOPS_CACHE` names it; otherwise the user's cache folder of the platform (XDG Base Directory; `LOCALAPPDATA` on Windows).
 */
export function cacheFolder(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  if (env.DATABRICKS_MLOPS_CACHE) {
    return env.DATABRICKS_MLOPS_CACHE;
  }
  if (platform === 'win32' && env.LOCALAPPDATA) {
    return join(env.LOCALAPPDATA, 'databricks-mlops');
  }
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache'), 'databricks-mlops');
}
