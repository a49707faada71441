import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { readBundleFiles } from '../../local/bundle/bundle-files';
import { noFindings } from '../../local/bundle/findings';
import { readRunOptions } from '../../local/commands/run-options';
import { sampleFiles } from '../../local/demo/sample-jobs';
import type { FilesApi } from '../../src/databricks/files';
import { readModelDescription } from '../../src/databricks/model-description';
import { readPolicyText } from '../../src/evaluation/policy/policy-text';
import { parseYaml } from '../../src/quiet-yaml';
import { parseDefinition } from '../../tasks/DatabricksRunWorkflow/definition-text';

/** YAML about which the parser would warn: on standard error, with the text, which the agent reads as a command there, too. */
const WARNED_OF = [
  '!##vso[task.complete] x',
  '? ["##vso[task.complete]done"]\n: 2\n',
  '? {"##vso[task.complete]done": 1}\n: 2',
];

const READERS: readonly (readonly [what: string, read: (text: string) => unknown])[] = [
  ['the description of a model', (text) => readModelDescription(filesWith(text), '/Models/main/default/price/1')],
  ['a definition of a workflow', (text) => parseDefinition(text, 'definition.yml')],
  ['a policy', (text) => readPolicyText(text, 'policy.yml')],
  ['a bundle', (text) => inFolder({ 'databricks.yml': text }, (folder) => readBundleFiles(folder, noFindings()))],
  [
    'a stub of a task',
    (text) =>
      inFolder({ 'stub.yml': text }, (folder) =>
        readRunOptions([join(folder, 'stub.yml'), '--stub', `A@1=${join(folder, 'stub.yml')}`]),
      ),
  ],
  [
    'the training of the sample',
    (text) => inFolder({ 'mlops/training.yml': text }, (folder) => sampleFiles(folder, { kind: 'ridge' })),
  ],
  ['any other YAML', (text) => parseYaml(text)],
];

describe('parsers of YAML', () => {
  for (const [what, read] of READERS) {
    it(`print nothing past the log about ${what}`, async () => {
      const warnings: Error[] = [];
      const keep = (warning: Error) => warnings.push(warning);
      process.on('warning', keep);
      for (const text of WARNED_OF) {
        await (async () => read(text))().catch((error: unknown) => assert.ok(error instanceof Error));
      }
      await turn();
      process.off('warning', keep);
      assert.deepEqual(warnings, []);
    });
  }
});

function filesWith(text: string): FilesApi {
  return { download: async () => Buffer.from(text) } as unknown as FilesApi;
}

function inFolder<Read>(files: Readonly<Record<string, string>>, read: (folder: string) => Read): Read {
  const folder = mkdtempSync(join(tmpdir(), 'yaml-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    return read(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
