import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { FilesApi } from '../../src/databricks/files';
import { readModelDescription } from '../../src/databricks/model-description';
import { readPolicyText } from '../../src/evaluation/policy/policy-text';
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
];

describe('parsers of YAML', () => {
  for (const [what, read] of READERS) {
    it(`print nothing past the log about ${what}`, async () => {
      const warnings: Error[] = [];
      const keep = (warning: Error) => warnings.push(warning);
      process.on('warning', keep);
      for (const text of WARNED_OF) {
        await Promise.resolve(read(text)).catch((error: unknown) => assert.ok(error instanceof Error));
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
