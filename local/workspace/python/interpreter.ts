import { runCommand } from './command';

/** A Python interpreter of this machine. */
export interface Python {
  /** Absolute path as the interpreter itself reports it (`sys.executable`), so no shim is started again and again. */
  readonly executable: string;
  /** Such as `3.11.7`. */
  readonly version: string;
  /** Implementation, system and processor, such as `cpython-linux-x86_64`: wheels of one do not fit another. */
  readonly platform: string;
}

const MINIMUM = [3, 10] as const;
const ABOUT_ITSELF =
  'import json, platform, sys; print(json.dumps({"executable": sys.executable, "version": platform.python_version(), ' +
  '"platform": "-".join([sys.implementation.name, sys.platform, platform.machine()])}))';

/**
 * The Python to build environments with: the one that `DATABRICKS_MLOPS_PYTHON` names, else the first of `python3`, `python`
 * that is at least 3.10 (what MLflow 3 needs).
 * @throws Error that lists what was tried and says what to install
 */
export async function findPython(env: NodeJS.ProcessEnv = process.env): Promise<Python> {
  const named = env.DATABRICKS_MLOPS_PYTHON;
  const tried: string[] = [];
  for (const program of named ? [named] : ['python3', 'python']) {
    const found = await about(program, env);
    if (typeof found !== 'string' && isRecent(found.version)) {
      return found;
    }
    tried.push(typeof found === 'string' ? `${program}: ${found}` : `${program}: version ${found.version}`);
  }
  throw new Error(
    `No Python ${MINIMUM.join('.')} or newer was found (${tried.join('; ')}). ` +
      'Install one, or name it in the environment variable DATABRICKS_MLOPS_PYTHON.',
  );
}

/** What the interpreter at a path says about itself; `undefined` when there is none or it gives no usable answer. */
export async function pythonAt(program: string, env: NodeJS.ProcessEnv): Promise<Python | undefined> {
  const found = await about(program, env);
  return typeof found === 'string' ? undefined : found;
}

/** What an interpreter says about itself, or a few words on why it says nothing. */
async function about(program: string, env: NodeJS.ProcessEnv): Promise<Python | string> {
  try {
    const { code, lines } = await runCommand(program, ['-c', ABOUT_ITSELF], { env });
    return code === 0 ? (JSON.parse(lines.at(-1) ?? '') as Python) : `ended with exit code ${code}`;
  } catch (error) {
    return error instanceof SyntaxError ? 'gave no usable answer' : errorCode(error);
  }
}

function errorCode(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' ? 'not installed' : (code ?? String(error));
}

function isRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1]);
}
