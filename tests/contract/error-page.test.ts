import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { VERDICT_FAILURES } from '../../tasks/DatabricksEvaluateModel/verdict-failures';
import { RUN_FAILURES } from '../../tasks/DatabricksRunWorkflow/run-failures';
import { readText, root } from '../support/declared';

/** Rows of the table: code, what it says, what to do. */
const rows = new Map(
  [...readText('docs', 'errors.md').matchAll(/^\| `([A-Z0-9_]+)` \| (.*?) \| (.*?) \| \[/gm)].map(
    ([, code = '', says = '', todo = '']) => [code, { says, todo }] as const,
  ),
);

const code = ['src', 'tasks']
  .flatMap((room) =>
    (readdirSync(join(root, room), { recursive: true }) as string[])
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readText(room, file)),
  )
  .join('\n');

const fromTables = [...Object.values(RUN_FAILURES), ...Object.values(VERDICT_FAILURES)];

describe('docs/errors.md', () => {
  it('lists every code that follows from a result or verdict, with its advice', () => {
    for (const { code: listed, todo } of fromTables) {
      assert.equal(rows.get(listed)?.todo, todo, listed);
    }
  });

  it('lists only codes that the code holds as literals, and those of results and verdicts only from their tables', () => {
    assert.deepEqual(
      [...rows.keys()].filter((listed) => !new RegExp(`\\b${listed}\\b`).test(code)),
      [],
    );
    const verdicts = [...rows.keys()].filter((listed) => listed.startsWith('VERDICT_'));
    assert.deepEqual(
      verdicts.sort(),
      Object.keys(VERDICT_FAILURES)
        .map((verdict) => `VERDICT_${verdict}`)
        .sort(),
    );
    assert.doesNotMatch(code, /`(RUN|VERDICT)_\$\{/, 'a code that is put together cannot be found');
  });

  it('says something for every code', () => {
    assert.ok(rows.size > 100, `${rows.size} rows`);
    assert.deepEqual(
      [...rows].filter(([, { says }]) => says === '').map(([listed]) => listed),
      [],
    );
  });
});
