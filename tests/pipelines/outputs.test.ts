import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { packageRoot } from '../../local/package-root';
import type { StepRecord } from '../../local/pipelines/record/run-record';
import { attemptsOf, logOf, PipelineFolder, type Queued } from '../support/queued-run';

/** A row of the page, whose number names its reader in the pipeline. */
interface Row {
  readonly where: string;
  readonly code: string;
  /** Blank: what the producer set, or that the condition holds. */
  readonly wrong: string;
  readonly reader: string;
}

interface Reading {
  /** What a macro left, between brackets; `undefined`: the reader did not run. */
  readonly text: string | undefined;
}

type Yaml = Record<string, unknown>;
/** Where the reader goes: after the steps of `main`, beside it, or in stages of their own. */
type Reader = (row: Row) => { readonly step?: Yaml; readonly job?: Yaml; readonly stage?: Yaml };

const PRODUCER = 'evaluate_staging';
const OUTPUTS: Readonly<Record<string, string>> = { modelVersion: '18', nextAction: 'promote', reportDigest: '3f9a' };
const page = readFileSync(join(packageRoot(), 'docs', 'outputs.md'), 'utf8');
const [producer] = (parse(/```yaml\n(.*?)```/s.exec(page)?.[1] ?? '') as { stages: [{ stage: string; jobs: Yaml[] }] })
  .stages;

const show = (text: string) => ({ bash: `echo '[${text}]'` });
const job = (row: Row, keys: Yaml): Yaml => ({
  job: row.reader,
  ...keys,
  steps: [{ checkout: 'none' }, show('$(read)')],
});
const beside = (row: Row, keys: Yaml): Yaml =>
  job(row, { dependsOn: producer.jobs.map((known) => known['job'] ?? known['deployment']), ...keys });
const later = ({ reader }: Row, keys: Yaml, main: Yaml = {}): Yaml => ({
  stage: reader,
  dependsOn: PRODUCER,
  ...keys,
  jobs: [{ job: 'main', ...main, steps: [{ checkout: 'none' }, show('$(read)')] }],
});

const READERS: Readonly<Record<string, Reader>> = {
  'a later step of the same job': (row) => ({ step: { name: row.reader, ...show(row.code) } }),
  'a script of a later step of the same job': (row) => ({ step: { name: row.reader, bash: `echo "[${row.code}]"` } }),
  'a condition of a later step of the same job': (row) => ({
    step: { name: row.reader, ...show('ran'), condition: row.code },
  }),
  'another job of the same stage, in `variables:`': (row) => ({ job: beside(row, { variables: { read: row.code } }) }),
  'a condition of another job of the same stage': (row) => ({ job: beside(row, { condition: row.code }) }),
  'a later stage, in its `variables:`': (row) => ({ stage: later(row, { variables: { read: row.code } }) }),
  'a job of a later stage, in `variables:`': (row) => ({ stage: later(row, {}, { variables: { read: row.code } }) }),
  'a condition of a job of a later stage': (row) => ({ stage: later(row, {}, { condition: row.code }) }),
  'a condition of a later stage': (row) => ({ stage: later(row, { condition: row.code }) }),
  'a job of a stage that does not depend on it, in `variables:`': (row) => ({
    stage: later(row, { dependsOn: 'between' }, { variables: { read: row.code } }),
  }),
};

/** Rows of all tables of the page. */
function rowsOf(markdown: string): readonly Row[] {
  return markdown
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| where'))
    .map((line, index) => {
      const [where = '', code = '', wrong = ''] = line
        .slice(1)
        .split('|')
        .map((cell) => cell.trim());
      return { where, code: code.replace(/^`|`$/g, ''), wrong, reader: `r${index}` };
    });
}

const isCondition = ({ code }: Row) => /^eq\(/.test(code);

/** For each right condition one that asks for another value, which must not hold. */
function contraries(rows: readonly Row[]): readonly Row[] {
  return rows
    .filter((row) => isCondition(row) && row.wrong === '')
    .map((row) => ({
      ...row,
      code: row.code.replace(/'\w+'\)$/, "'another')"),
      wrong: 'false',
      reader: `${row.reader}_contrary`,
    }));
}

/** The page's stage and, in the place that each row names, what the row writes. */
function pipelineOf(rows: readonly Row[]): string {
  const readers = rows.map((row) => {
    const reader = READERS[row.where];
    assert.ok(reader, `no test reads outputs in '${row.where}'`);
    return reader(row);
  });
  const [main = {}, ...others] = producer.jobs;
  const steps = [...((main['steps'] as Yaml[] | undefined) ?? []), ...readers.flatMap(({ step }) => step ?? [])];
  const between = { stage: 'between', dependsOn: PRODUCER, jobs: [{ job: 'main', steps: [{ checkout: 'none' }] }] };
  return stringify({
    stages: [
      { ...producer, jobs: [{ ...main, steps }, ...others, ...readers.flatMap(({ job: reading }) => reading ?? [])] },
      between,
      ...readers.flatMap(({ stage }) => stage ?? []),
    ],
  });
}

describe('outputs are read as docs/outputs.md says', () => {
  const rows = rowsOf(page);
  const all = [...rows, ...contraries(rows)];
  let folder: PipelineFolder;
  let ran: Queued;

  before(async () => {
    folder = new PipelineFolder({ 'azure-pipelines.yml': pipelineOf(all) });
    ran = await folder.run();
    assert.equal(ran.record.result, 'succeeded', ran.lines.join('\n'));
  });
  after(() => folder.remove());

  /** What the reader of a row printed. */
  function reading({ reader }: Row): Reading {
    const stages = [...attemptsOf(ran, PRODUCER), ...attemptsOf(ran, reader)];
    const jobs = stages.flatMap((stage) => stage.jobs.filter(({ phase }) => phase === reader || stage.name === reader));
    const steps: readonly StepRecord[] = [
      ...jobs.flatMap((found) => found.steps),
      ...stages.flatMap((stage) => stage.jobs.flatMap((found) => found.steps.filter(({ name }) => name === reader))),
    ];
    const lines = steps.filter(({ result }) => result !== 'skipped').flatMap((step) => logOf(ran, step).split('\n'));
    return { text: lines.flatMap((line) => /^\S+ \[(.*)\]$/.exec(line)?.[1] ?? []).at(-1) };
  }

  it('has rows for every place, right ones and wrong ones', () => {
    assert.deepEqual(new Set(rows.map(({ where }) => where)), new Set(Object.keys(READERS)));
    assert.ok(rows.filter(({ wrong }) => wrong === '').length > 20);
    assert.ok(rows.filter(({ wrong }) => wrong !== '').length > 10);
  });

  for (const row of all) {
    it(`${row.where}: ${row.code}${row.wrong === '' ? '' : ` is ${row.wrong}`}`, () => {
      const { text } = reading(row);
      if (isCondition(row)) {
        assert.match(row.wrong, /^(false.*)?$/);
        assert.equal(text === undefined ? 'skipped' : 'ran', row.wrong === '' ? 'ran' : 'skipped');
      } else if (row.wrong === '') {
        const name = /(\w+)'?\W*$/.exec(row.code)?.[1] ?? '';
        assert.equal(text, row.code.startsWith('$REGISTER') ? OUTPUTS['modelVersion'] : OUTPUTS[name]);
      } else {
        assert.match(row.wrong, /^(empty: .+|the macro as it is)$/);
        assert.equal(text, row.wrong.startsWith('empty') ? '' : row.code);
      }
    });
  }
});
