import type { FileSource } from '../../src/agent/file-source';
import type { InputReader } from '../../src/agent/input-reader';
import { type ConnectionSelection, readSelection } from '../../src/connection/selection';
import { TaskError } from '../../src/errors';

/** Checked inputs of `action: promote`. */
export interface PromoteInputs {
  readonly action: 'promote';
  readonly connection: ConnectionSelection;
  /** `catalog.schema.model` */
  readonly model: string;
  /** Number or alias. */
  readonly version: string;
  readonly report: FileSource;
  /** Lower-case hex; `''`: not compared. */
  readonly reportDigest: string;
  readonly maxReportAgeMs: number;
  /** `report`, `none` or a number. */
  readonly expectedChampion: string;
  readonly dryRun: boolean;
}

/** Checked inputs of `action: rollback`. */
export interface RollbackInputs {
  readonly action: 'rollback';
  readonly connection: ConnectionSelection;
  readonly model: string;
  /** `previous_champion` or a number. */
  readonly toVersion: string;
  readonly reason: string;
  readonly dryRun: boolean;
}

/** Checked inputs of DatabricksPromoteModel. */
export type Inputs = PromoteInputs | RollbackInputs;

const HOUR_MS = 3_600_000;

/** @throws TaskError for the first input that is wrong */
export function readInputs(inputs: InputReader): Inputs {
  const action = inputs.choice('action', ['promote', 'rollback']);
  inputs.required('model');
  const common = {
    connection: readSelection(inputs, inputs.hostKind),
    model: inputs.modelName('model'),
    dryRun: inputs.boolean('dryRun'),
  };
  return action === 'promote'
    ? { action, ...common, ...readPromotion(inputs) }
    : { action, ...common, ...readRollback(inputs) };
}

function readPromotion(inputs: InputReader): Omit<PromoteInputs, 'action' | 'connection' | 'model' | 'dryRun'> {
  const report = inputs.file('reportPath');
  if (report === undefined) {
    throw new TaskError('REPORT_REQUIRED', "Input 'reportPath' is required: only a judged version is promoted.", {
      where: 'An empty path is often an output of another step that was read in the wrong form.',
      todo: "Set it to output 'reportPath' of DatabricksEvaluateModel (see docs/outputs.md for the form), or to artifact:NAME.",
    });
  }
  const reportDigest = inputs.text('reportDigest').toLowerCase();
  if (reportDigest !== '' && !/^[0-9a-f]{64}$/.test(reportDigest)) {
    throw new TaskError('INPUT_INVALID', "Input 'reportDigest' is not a SHA-256 of 64 hex digits.", {
      todo: "Use output 'reportDigest' of DatabricksEvaluateModel.",
    });
  }
  const expectedChampion = inputs.choosing('expectedChampion');
  if (!/^(report|none|\d+)$/.test(expectedChampion)) {
    throw new TaskError(
      'INPUT_INVALID',
      `Input 'expectedChampion' must be report, none or a number, not ${JSON.stringify(expectedChampion)}.`,
      {
        todo: 'Leave it out to expect the champion that the report compared with.',
      },
    );
  }
  return {
    version: inputs.choosing('version'),
    report,
    reportDigest,
    maxReportAgeMs: inputs.number('maxReportAgeHours') * HOUR_MS,
    expectedChampion,
  };
}

function readRollback(inputs: InputReader): Pick<RollbackInputs, 'toVersion' | 'reason'> {
  const toVersion = inputs.choosing('toVersion');
  if (!/^(previous_champion|\d+)$/.test(toVersion)) {
    throw new TaskError(
      'INPUT_INVALID',
      `Input 'toVersion' must be previous_champion or the number that it names, not ${JSON.stringify(toVersion)}.`,
      {
        todo: "Leave 'toVersion' out; anything else goes the way of 'promote'.",
      },
    );
  }
  const reason = inputs.freeText('reason').trim();
  if (reason === '') {
    throw new TaskError('REASON_REQUIRED', "Input 'reason' is required for a rollback.", {
      todo: 'Say in one sentence why the champion is taken back.',
    });
  }
  return { toVersion, reason };
}
