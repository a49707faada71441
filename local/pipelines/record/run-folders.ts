import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../../replace-file';
import type { RecordedRun } from '../service/ports';
import type { RunRecord } from './run-record';

/** Name of the record in the folder of a run. */
const RECORD_FILE = 'run.json';
const ID = /^[1-9]\d{0,8}$/;

/**
 * A folder with one folder a run, named by the run's id. A folder counts as taken as soon as it is there, so that two processes that
 * begin a run at the same moment get two ids.
 */
export class RunFolders {
  constructor(readonly base: string) {}

  /** Makes the folder of a new run. */
  create(): { readonly id: string; readonly folder: string } {
    mkdirSync(this.base, { recursive: true });
    for (let id = this.#highest() + 1; ; id += 1) {
      const folder = join(this.base, String(id));
      try {
        mkdirSync(folder);
        return { id: String(id), folder };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
          throw error;
        }
      }
    }
  }

  /** The run of this id; `undefined` where there is none, or only a folder without a record yet. */
  read(id: string): RecordedRun | undefined {
    return ID.test(id) ? readRun(join(this.base, id)) : undefined;
  }

  /** Every run that has a record, the oldest first. */
  all(): readonly RecordedRun[] {
    return this.#ids().flatMap((id) => this.read(String(id)) ?? []);
  }

  #highest(): number {
    return this.#ids().at(-1) ?? 0;
  }

  #ids(): readonly number[] {
    const names = existsSync(this.base) ? readdirSync(this.base) : [];
    return names
      .filter((name) => ID.test(name))
      .map(Number)
      .sort((left, right) => left - right);
  }
}

/** @throws Error when the record is no record of a run, or one of a later version */
export function readRun(folder: string): RecordedRun | undefined {
  const file = join(folder, RECORD_FILE);
  if (!existsSync(file)) {
    return undefined;
  }
  const record = parsed(file);
  if (record.apiVersion !== 'databricks-mlops/run/v1') {
    throw new Error(`${file} is not the record of a run that this version can read.`);
  }
  return { record, folder };
}

function parsed(file: string): RunRecord {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RunRecord;
  } catch (error) {
    throw new Error(`${file} is damaged: ${(error as Error).message}. Delete its folder.`, { cause: error });
  }
}

/** Replaces the record in one step, so that a reader never finds half of it. */
export function writeRun({ record, folder }: RecordedRun): void {
  replaceFile(join(folder, RECORD_FILE), `${JSON.stringify(record, undefined, 2)}\n`);
}
