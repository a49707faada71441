import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { unlessAborted } from '../abort';
import type { PythonEnvironments } from '../python/environment';
import { scorerProgram } from './scorer-program';
import type { Scorer, ScorerLaunch, ScorerReply, Scorers } from './scorers';

/** Longest wait for one answer, milliseconds (the limit of a custom model's request on Databricks is 297 s). */
const requestMilliseconds = 297_000;
/** Longest time from the start of a process until its model is loaded, milliseconds. */
const loadMilliseconds = 600_000;
/** Longest wait for the last lines of a process that has ended, milliseconds. */
const lastLinesMilliseconds = 500;
/** From the polite end of a process to the forced one, milliseconds. */
const endMilliseconds = 6_000;

/** Starts one real MLflow scoring process for each entity, in the environment of the model's own `requirements.txt`. */
export function mlflowScorers(python: PythonEnvironments): Scorers {
  return {
    async start(launch, signal) {
      const requirements = servingRequirements(await readFile(join(launch.modelFolder, 'requirements.txt'), 'utf8'));
      launch.buildLog(`Environment of the model: ${requirements.join(', ')}`);
      const interpreter = await unlessAborted(python.interpreter(requirements, launch.buildLog), signal);
      launch.buildLog(`Environment ready: ${interpreter}`);
      return startProcess(interpreter, launch, signal);
    },
  };
}

/**
 * The requirement lines of a serving environment: the model's own, and MLflow with pandas where it names neither.
 * @param text contents of a model's requirements.txt
 */
export function servingRequirements(text: string): string[] {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
  const names = new Set(lines.map((line) => (/^[A-Za-z0-9._-]+/.exec(line)?.[0] ?? '').toLowerCase()));
  if (names.has('mlflow')) {
    return lines;
  }
  return [
    ...lines,
    ...(names.has('mlflow-skinny') ? [] : ['mlflow-skinny']),
    ...(names.has('pandas') ? [] : ['pandas']),
  ];
}

async function startProcess(interpreter: string, launch: ScorerLaunch, signal: AbortSignal): Promise<Scorer> {
  const key = randomBytes(24).toString('hex');
  const child = spawn(interpreter, ['-u', '-c', scorerProgram, launch.modelFolder], {
    cwd: launch.modelFolder,
    env: processEnvironment(launch.environment),
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own, so that the end reaches every process below it.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`The process could not be started: ${error.message}.`));
    child.once('exit', (code, sign) => {
      const sentence = `The process ended with ${sign ?? `exit code ${code}`}.`;
      // Its last lines may still be in the pipe, which a surviving child of it could hold open.
      child.once('close', () => resolve(sentence));
      setTimeout(() => resolve(sentence), lastLinesMilliseconds);
    });
  });
  // A process that is gone already reports its end through `exit`; a broken pipe adds nothing to that.
  child.stdin.on('error', (error) => launch.log(`standard input: ${error.message}`));
  child.stdin.write(`${key}\n`);
  const lastLines: string[] = [];
  const port = new Promise<number>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const announced = /^scorer-port (\d+)$/.exec(line)?.[1];
      if (announced === undefined) {
        launch.log(line);
      } else {
        resolve(Number(announced));
      }
    });
  });
  createInterface({ input: child.stderr }).on('line', (line) => {
    launch.log(line);
    lastLines.push(line);
    lastLines.splice(0, lastLines.length - 5);
  });
  const stop = () => endProcess(child, ended);
  const limit = AbortSignal.any([signal, AbortSignal.timeout(loadMilliseconds)]);
  const aborted = once(limit, 'abort').then(() => `The model was not loaded within ${loadMilliseconds / 1000} s.`);
  const first = await Promise.race([port, ended, aborted]);
  if (typeof first === 'number') {
    return { invoke: (body, contentType) => post(first, key, body, contentType), ended, stop };
  }
  await stop();
  signal.throwIfAborted();
  throw new Error([first, ...lastLines].join('\n'));
}

async function post(port: number, key: string, body: Buffer, contentType: string): Promise<ScorerReply> {
  const response = await fetch(`http://127.0.0.1:${port}/invocations`, {
    method: 'POST',
    headers: { 'content-type': contentType, 'x-scorer-key': key },
    body: new Uint8Array(body),
    signal: AbortSignal.timeout(requestMilliseconds),
  });
  return {
    status: response.status,
    contentType: response.headers.get('content-type') ?? 'application/json',
    body: Buffer.from(await response.arrayBuffer()),
  };
}

/** The machine's own basics and the entity's variables; nothing that the workspace's process knows, such as tokens. */
function processEnvironment(entity: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const basics = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'TEMP', 'TMP', 'SYSTEMROOT', 'USERPROFILE'];
  const kept = basics.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]] as const]));
  return {
    ...Object.fromEntries(kept),
    PYTHONDONTWRITEBYTECODE: '1',
    MLFLOW_DISABLE_TELEMETRY: 'true',
    ...entity,
  };
}

async function endProcess(child: ChildProcess, ended: Promise<string>): Promise<void> {
  signalTree(child, 'SIGTERM');
  const timer = setTimeout(() => signalTree(child, 'SIGKILL'), endMilliseconds);
  await ended;
  clearTimeout(timer);
  signalTree(child, 'SIGKILL');
}

/** Signals the process's whole group; a group that is gone is the goal, anything else is an error. */
function signalTree(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) {
    return;
  }
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore', windowsHide: true });
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
      throw error;
    }
  }
}
