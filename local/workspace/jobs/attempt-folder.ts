import { mkdirSync, readFileSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { replaceFile } from '../../replace-file';
import type { Workspace } from '../api';

const MOST_LOG_BYTES = 5 * 1024 * 1024;

/** What a task's code raised. */
export interface TaskError {
  readonly error: string;
  readonly trace: string;
}

/** Where everything of one attempt lies: `task.json` for its process, then its log, error, exit value and task values. */
export function attemptFolder(workspace: Workspace, runId: string): string {
  return path.join(workspace.folder, 'runs', runId);
}

export function logFile(workspace: Workspace, runId: string): string {
  return path.join(attemptFolder(workspace, runId), 'log.txt');
}

/** The last 5 MB of what the attempt wrote; empty when it never began. */
export async function readLog(workspace: Workspace, runId: string): Promise<{ text: string; truncated: boolean }> {
  const file = await ifThere(() => open(logFile(workspace, runId)));
  if (file === undefined) {
    return { text: '', truncated: false };
  }
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - MOST_LOG_BYTES);
    const bytes = Buffer.alloc(size - start);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
    return { text: bytes.subarray(0, bytesRead).toString('utf8'), truncated: start > 0 };
  } finally {
    await file.close();
  }
}

export function readTaskError(workspace: Workspace, runId: string): Promise<TaskError | undefined> {
  return readJsonFile<TaskError>(path.join(attemptFolder(workspace, runId), 'error.json'));
}

/** What `dbutils.notebook.exit` was given; `undefined` when it was not called. */
export async function readExitValue(workspace: Workspace, runId: string): Promise<string | undefined> {
  const exit = await readJsonFile<{ result: string }>(path.join(attemptFolder(workspace, runId), 'exit.json'));
  return exit?.result;
}

/** The notebook as it was when the attempt began. */
export function notebookCopy(workspace: Workspace, runId: string): string {
  return path.join(attemptFolder(workspace, runId), 'notebook.py');
}

/** What a SQL task read: the rows of its last statement, each an object of values by column. */
export interface SqlOutput {
  readonly queryText: string;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

export function writeSqlOutput(workspace: Workspace, runId: string, output: SqlOutput): void {
  writeJsonFile(workspace, runId, 'sql.json', output);
}

export function readSqlOutput(workspace: Workspace, runId: string): SqlOutput | undefined {
  return readJsonFileSync(path.join(attemptFolder(workspace, runId), 'sql.json'));
}

/** Keeps the attempt's parameters with their references replaced, by task type, as `resolved_values` shows them. */
export function writeResolved(workspace: Workspace, runId: string, values: Readonly<Record<string, unknown>>): void {
  writeJsonFile(workspace, runId, 'resolved.json', values);
}

export function readResolved(workspace: Workspace, runId: string): Readonly<Record<string, unknown>> | undefined {
  return readJsonFileSync(path.join(attemptFolder(workspace, runId), 'resolved.json'));
}

/** The task values that the attempt has set. */
export function readTaskValues(workspace: Workspace, runId: string): Readonly<Record<string, unknown>> {
  return readJsonFileSync(path.join(attemptFolder(workspace, runId), 'values.json')) ?? {};
}

function writeJsonFile(workspace: Workspace, runId: string, name: string, value: unknown): void {
  const folder = attemptFolder(workspace, runId);
  mkdirSync(folder, { recursive: true });
  replaceFile(path.join(folder, name), JSON.stringify(value));
}

function readJsonFileSync<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch (error) {
    if (isMissing(error)) {
      return undefined;
    }
    throw error;
  }
}

async function readJsonFile<T>(file: string): Promise<T | undefined> {
  const text = await ifThere(() => readFile(file, 'utf8'));
  return text === undefined ? undefined : (JSON.parse(text) as T);
}

async function ifThere<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isMissing(error)) {
      return undefined;
    }
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
