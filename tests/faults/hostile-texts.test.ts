import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import MarkdownIt from 'markdown-it';
import { parseLoggingCommand } from '../../local/pipelines/logging-command';
import type { FakeHost } from '../support/fake-host';
import { type HostileFront, startHostileFront } from '../support/hostile-front';
import { HOSTILE_TEXTS } from '../support/hostile-texts';
import { openCheckScene } from './scenes/check-scene';
import { openEvaluateScene } from './scenes/evaluate-scene';
import { openPromoteScene } from './scenes/promote-scene';
import type { TaskScene } from './scenes/task-scene';
import { startWorkflowScene } from './workflow-scene';

/** Where a text comes from: every field for people, or the error of a request of this number. */
const SAID = 0;
const REFUSED = [1, 3];

const SCENES: readonly (readonly [task: string, open: () => Promise<TaskScene>, places: readonly number[]])[] = [
  ['DatabricksCheckConnection', () => openCheckScene({ checks: 'identity,workspace' }), [SAID, ...REFUSED]],
  ['DatabricksRunWorkflow', openWorkflowScene, REFUSED],
  ['DatabricksEvaluateModel', openEvaluateScene, REFUSED],
  ['DatabricksPromoteModel', () => openPromoteScene('promote'), REFUSED],
];

const SUMMARY_BYTES = 1024 * 1024;
const markdown = new MarkdownIt({ html: true, linkify: true });

describe('hostile texts', function () {
  this.timeout(300_000);

  it('are 200 and more', () => {
    assert.ok(HOSTILE_TEXTS.length >= 200, String(HOSTILE_TEXTS.length));
  });

  for (const [task, open, places] of SCENES) {
    describe(task, () => {
      let scene: TaskScene;
      let front: HostileFront;
      before(async () => {
        scene = await open();
        front = await startHostileFront();
      });
      after(async () => {
        await front.close();
        await scene.close();
      });

      for (const refused of places) {
        const where = refused === SAID ? 'said by the service' : `the error of request ${refused}`;
        it(`${where}: none acts, none breaks log or summary`, async () => {
          const harmless = await stepWith('price', refused);
          const failures: string[] = [];
          for (const text of HOSTILE_TEXTS) {
            try {
              const host = await stepWith(text, refused);
              mustShowNothing(host);
              assert.equal(host.result, harmless.result, host.printed.slice(0, 500));
              assert.equal(host.error?.code, harmless.error?.code);
              assert.deepEqual(layoutOf(host), layoutOf(harmless));
            } catch (error) {
              failures.push(`${JSON.stringify(text.slice(0, 80))}: ${(error as Error).message.slice(0, 600)}`);
            }
          }
          assert.ok(
            failures.length === 0,
            `${failures.length} of ${HOSTILE_TEXTS.length}\n${failures.slice(0, 20).join('\n\n')}`,
          );
        });
      }

      async function stepWith(text: string, refused: number): Promise<FakeHost> {
        front.text = undefined;
        front.refused = 0;
        const subject = await scene.newSubject();
        Object.assign(front, { text, refused, requests: 0 });
        return subject.step();
      }
    });
  }
});

/** Every line that the agent gets is one line without command, control character or sign of direction. */
function mustShowNothing(host: FakeHost): void {
  const lines = [...host.lines, ...host.debugLines, ...host.issues.map(({ message }) => message), host.message];
  for (const line of lines) {
    assert.equal(parseLoggingCommand(line), undefined, line.slice(0, 200));
    assert.doesNotMatch(line, /##(vso)?\[/i);
    assert.ok(!/[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u.test(line.replaceAll('\t', '')), JSON.stringify(line));
    assert.ok(line.length < 20_000, `a line of ${line.length} characters`);
  }
  for (const path of host.summaries) {
    const text = readFileSync(path, 'utf8');
    assert.ok(Buffer.byteLength(text) <= SUMMARY_BYTES, `a summary of ${text.length} characters`);
    assert.ok(!/[\p{Cc}\u202A-\u202E\u2066-\u2069]/u.test(text.replace(/[\t\n]/g, '')), 'a sign that cannot be seen');
  }
}

/** Elements of the summaries as a renderer sees them: what is text and nothing else does not count. */
function layoutOf(host: FakeHost): readonly string[] {
  return host.summaries.flatMap((path) =>
    markdown.parse(readFileSync(path, 'utf8'), {}).flatMap((token) => [
      token.type,
      ...(token.children ?? [])
        .map(({ type }) => type)
        .filter((type) => type !== 'text' && type !== 'text_special')
        .map((type) => `${token.type}: ${type}`),
    ]),
  );
}

async function openWorkflowScene(): Promise<TaskScene> {
  const scene = await startWorkflowScene();
  return {
    faults: { on: async () => undefined, off: async () => undefined, hits: async () => 0 },
    now: () => scene.clock.now(),
    async newSubject() {
      const step = await scene.newStep();
      return { name: step.jobId, step: () => step.run(), mustHold: async () => undefined };
    },
    close: () => scene.stop(),
  };
}
