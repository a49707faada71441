import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentStep, HANDLERS } from '../support/agent-step';
import { ROW_CANARY } from '../support/captured-output';
import type { StepResult } from '../support/task-process';
import { regressionPolicyText, uniforms } from '../unit/evaluation/sample-policy';
import { csvOf, POLICY } from '../unit/tasks/DatabricksEvaluateModel/evaluation-step';

const CLASSIFICATION = `apiVersion: databricks-mlops/v1
kind: PromotionPolicy
metadata: {name: churn}
model: {problem: classification, idColumn: id, target: y, classes: [low, middle, high], weightColumn: w}
thresholds:
  - {metric: accuracy, direction: higher, min: 0.2, useBound: lower, iterations: 2000}
  - {metric: log_loss, direction: lower, max: 3}
champion:
  primary: {metric: f1, hypothesis: nonInferior, margin: 0.2, iterations: 2000}
  guardrails: [{metric: log_loss, margin: 0.5, iterations: 2000}, {metric: accuracy, margin: 0.2, iterations: 2000}]
`;
const MANY_ROWS =
  regressionPolicyText(`thresholds: [{metric: r2, direction: higher, min: 0.5, useBound: lower, iterations: 200}]
champion: {primary: {metric: rmse, hypothesis: superior, iterations: 200}, guardrails: [{metric: r2, margin: 0.1, iterations: 200}]}`);

/** Reports as text by the name of the case, by the name of the handler that made them. */
const byHandler = new Map<string, Map<string, string>>();

describe('DatabricksEvaluateModel as the agent starts it, on files', () => {
  for (const { name, node } of HANDLERS) {
    describe(name, () => {
      const reports = new Map<string, string>();
      byHandler.set(name, reports);

      const step = (policy: string, file: string, content: string, inputs: Record<string, string> = {}) => {
        const folder = mkdtempSync(join(tmpdir(), 'evaluate-'));
        writeFileSync(join(folder, 'policy.yml'), policy);
        writeFileSync(join(folder, file), content);
        return agentStep('DatabricksEvaluateModel', {
          workingDirectory: folder,
          variables: { 'System.DefaultWorkingDirectory': folder, 'Build.SourceVersion': `commit of ${name}` },
          inputs: { policyFile: 'policy.yml', predictions: `file:${file}`, ...inputs },
          node,
        });
      };

      const verdicts: readonly [string, string, string, string, string][] = [
        ['PASS', POLICY, 'p.csv', csvOf(100, 20, '18', '17'), 'promote'],
        ['FAIL', POLICY, 'p.csv', csvOf(100, 60, '18', '17'), 'reject'],
        ['INCONCLUSIVE', POLICY, 'p.csv', csvOf(100, 30, '18', '17'), 'approve'],
        ['ERROR', POLICY, 'p.csv', csvOf(100, 20, '18', '17').replace('row-3,', 'row-4,'), 'retry'],
        ['PASS', CLASSIFICATION, 'p.jsonl', classificationLines(300), 'promote'],
        ['PASS', MANY_ROWS, 'many.csv', csvOf(12_000, 20, '18', '17'), 'promote'],
      ];
      for (const [index, [verdict, policy, file, content, nextAction]] of verdicts.entries()) {
        it(`${verdict} for case ${index + 1}: outputs, report, tests, exit code 0`, async () => {
          const ended = await step(policy, file, content);
          assert.equal(ended.exitCode, 0, ended.output);
          assert.equal(ended.result, ['FAIL', 'ERROR'].includes(verdict) ? 'Failed' : 'Succeeded', ended.output);
          assert.deepEqual(
            [ended.outputs['verdict'], ended.outputs['nextAction']],
            [verdict, nextAction],
            ended.output,
          );
          const bytes = readFileSync(ended.outputs['reportPath'] ?? '');
          assert.equal(createHash('sha256').update(bytes).digest('hex'), ended.outputs['reportDigest']);
          reports.set(`case ${index + 1}`, bytes.toString());
          const published = ended.commands.filter(({ area, event }) => area === 'results' && event === 'publish');
          assert.equal(published.length, 1);
          assert.match(
            readFileSync(published[0]?.properties.get('resultfiles') ?? '', 'utf8'),
            /^<\?xml version="1\.0"/,
          );
          assert.ok(ended.commands.some(({ event }) => event === 'uploadsummary'));
        });
      }

      it('says of hostile files what is wrong, runs nothing in them and shows nothing of them', async () => {
        const hostile: readonly [string, string, string][] = [
          ['p.csv', `id,y\n##vso[task.complete result=Succeeded;]${ROW_CANARY},1,2\n`, 'PREDICTIONS_UNREADABLE'],
          [
            'p.csv',
            `##VSO[task.setvariable variable=x]${ROW_CANARY},##VSO[task.setvariable variable=x]${ROW_CANARY}\n1,2\n`,
            'PREDICTIONS_UNREADABLE',
          ],
          [
            'p.csv',
            csvOf(20, 20, '18', '17').replaceAll(',18,', `,##vso[task.logissue type=error]${ROW_CANARY},`),
            'PREDICTIONS_OF_ANOTHER_VERSION',
          ],
          [
            'p.csv',
            csvOf(20, 20, '18', '17')
              .replace('row-3', `\u001b[31m${ROW_CANARY}\r`)
              .replace(/row-4,[^,]*/, `row-4,${ROW_CANARY}`),
            'VERDICT_ERROR',
          ],
          ['p.jsonl', `{"id":1}\n{"__proto__":{"polluted":"${ROW_CANARY}"},"id":\n`, 'PREDICTIONS_UNREADABLE'],
          ['p.parquet', `PAR1${ROW_CANARY}PAR1`, 'PREDICTIONS_UNREADABLE'],
          ['p.xlsx', ROW_CANARY, 'PREDICTIONS_UNREADABLE'],
        ];
        for (const [file, content, code] of hostile) {
          refused(await step(POLICY, file, content), code);
        }
        const policy = POLICY.replace(
          '{name: diabetes',
          '{"##vso[task.complete result=Succeeded;]\\r\\n##vso[x]": 1, name: diabetes',
        );
        refused(await step(policy, 'p.csv', csvOf(20, 20, '18', '17')), 'POLICY_INVALID');
      });

      it('keeps a hostile name of a policy out of the commands', async () => {
        const policy = POLICY.replace(
          'name: diabetes',
          'name: "a]##vso[task.setvariable variable=x]b;\\r\\n##vso[task.complete result=Failed;]"',
        );
        const ended = await step(policy, 'p.csv', csvOf(100, 20, '18', '17'));
        assert.equal(ended.result, 'Succeeded', ended.output);
        assert.deepEqual(
          ended.commands.filter(
            ({ event, properties }) => event === 'setvariable' && properties.get('variable') === 'x',
          ),
          [],
        );
        assert.equal(ended.commands.filter(({ event }) => event === 'complete').length, 1);
      });
    });
  }

  describe('on every Node.js', () => {
    it('writes the same bytes with every handler but for time and provenance', () => {
      const [first, ...others] = [...byHandler.values()].map(
        (reports) => new Map([...reports].map(([key, json]) => [key, lasting(json)])),
      );
      assert.equal(first?.size, 6);
      for (const other of others) {
        assert.deepEqual(other, first);
      }
    });
  });
});

function refused(ended: StepResult, code: string): void {
  assert.deepEqual([ended.result, ended.exitCode], ['Failed', 0], ended.output);
  assert.equal(ended.issues.at(-1)?.code, code, ended.output);
  assert.ok(!ended.output.includes(ROW_CANARY), ended.output);
  assert.doesNotMatch(ended.output, /^\s+at .*\(/m);
  assert.equal(ended.commands.filter(({ event }) => event === 'complete').length, 1);
  assert.equal(ended.outputs['verdict'], 'ERROR');
}

/** The bytes of a report that must be the same everywhere; its id is one of them. */
function lasting(json: string): string {
  const { createdAt, provenance } = JSON.parse(json);
  assert.match(createdAt, /^\d{4}-.*Z$/);
  assert.match(provenance.commit, /^commit of /);
  return [`"createdAt":${JSON.stringify(createdAt)}`, `"provenance":${JSON.stringify(provenance)}`].reduce(
    (text, part) => {
      assert.equal(text.split(part).length, 2);
      return text.replace(part, '');
    },
    json,
  );
}

/** Three classes with weights and lists of probabilities, the champion a little worse. */
function classificationLines(rows: number): string {
  const next = uniforms(7);
  const classes = ['low', 'middle', 'high'];
  const one = (truth: number, strength: number) => {
    const scores = classes.map((_, label) => Math.exp(next() * 2 + (label === truth ? strength : 0)));
    const total = scores.reduce((sum, score) => sum + score, 0);
    const proba = scores.map((score) => score / total);
    return { proba, label: classes[proba.indexOf(Math.max(...proba))] };
  };
  return Array.from({ length: rows }, (_, id) => {
    const truth = Math.floor(next() * 3);
    const [challenger, champion] = [one(truth, 1.2), one(truth, 1)];
    return JSON.stringify({
      id,
      y: classes[truth],
      w: 1 + (id % 3),
      p_challenger: challenger.label,
      p_champion: champion.label,
      proba_challenger: challenger.proba,
      proba_champion: JSON.stringify(champion.proba),
      challenger_version: 18,
      champion_version: '17',
      region: ROW_CANARY,
    });
  }).join('\n');
}
