import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import MarkdownIt from 'markdown-it';
import { parseLoggingCommand } from '../../local/pipelines/logging-command';
import type { FakeHost } from '../support/fake-host';
import { type HostileFront, type Speech, startHostileFront } from '../support/hostile-front';
import { HOSTILE_TEXTS } from '../support/hostile-texts';
import { openCheckScene } from './scenes/check-scene';
import { openDeployScene } from './scenes/deploy-scene';
import { openEvaluateScene } from './scenes/evaluate-scene';
import { openPromoteScene } from './scenes/promote-scene';
import { openRegisterScene } from './scenes/register-scene';
import type { TaskScene } from './scenes/task-scene';
import { startWorkflowScene } from './workflow-scene';

const SCENES: readonly (readonly [task: string, open: () => Promise<TaskScene>])[] = [
  ['DatabricksCheckConnection', () => openCheckScene({ checks: 'identity,workspace' })],
  ['DatabricksRunWorkflow', openWorkflowScene],
  ['DatabricksRegisterModel', () => openRegisterScene('mlflowRunId')],
  ['DatabricksEvaluateModel', openEvaluateScene],
  ['DatabricksPromoteModel', () => openPromoteScene('promote')],
  ['DatabricksDeployEndpoint', () => openDeployScene('create')],
];

/** A description that is blank is none, so that steps say other things of it. */
const isBlank = (text: string): boolean => text.trim() === '';
const KINDS = [
  { harmless: 'price', texts: HOSTILE_TEXTS.filter((text) => !isBlank(text)) },
  { harmless: '  ', texts: HOSTILE_TEXTS.filter(isBlank) },
];
const SUMMARY_BYTES = 1024 * 1024;
const markdown = new MarkdownIt({ html: true, linkify: true });

describe('hostile texts', function () {
  this.timeout(300_000);

  it('are 200 and more', () => {
    assert.ok(HOSTILE_TEXTS.length >= 200, String(HOSTILE_TEXTS.length));
  });

  for (const [index, [task, open]] of SCENES.entries()) {
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

      it('said by the service: none acts, none breaks log or summary', async () => {
        const failures = new Failures();
        for (const { harmless, texts } of KINDS) {
          const expected = await stepWith({ instead: () => harmless });
          let said = 0;
          for (let steps = 0; said < 2 * texts.length && steps < texts.length; steps += 1) {
            const shown: string[] = [];
            const instead = () => {
              shown.push(texts[said++ % texts.length] ?? '');
              return shown.at(-1) ?? '';
            };
            const host = await stepWith({ instead });
            failures.note(shown, () => mustBeAs(host, expected));
          }
          assert.ok(said >= texts.length, `${said} texts were said`);
        }
        failures.mustBeNone();
      });

      it('as code and message of the error of each request: none acts, none breaks log or summary', async () => {
        await stepWith({});
        const expected = new Map<string, FakeHost>();
        for (const request of [...front.requests]) {
          expected.set(request, await stepWith({ refusal: { request, code: 'PRICE', message: 'price' } }));
        }
        const requests = [...expected];
        const failures = new Failures();
        for (let at = index % 2; at < HOSTILE_TEXTS.length; at += 2) {
          const [code = '', message = ''] = [HOSTILE_TEXTS[at], HOSTILE_TEXTS[(at + 1) % HOSTILE_TEXTS.length]];
          const [request, harmless] = requests[(at >> 1) % requests.length] ?? assert.fail('no request');
          const host = await stepWith({ refusal: { request, code, message } });
          failures.note([request, code, message], () => mustBeAs(host, harmless));
        }
        failures.mustBeNone();
      });

      async function stepWith(speech: Speech): Promise<FakeHost> {
        front.begin({});
        const subject = await scene.newSubject();
        front.begin({ ...speech, subject: subject.name });
        return subject.step();
      }
    });
  }
});

/** What is wrong with each step, told at the end. */
class Failures {
  readonly #told: string[] = [];

  note(texts: readonly string[], work: () => void): void {
    try {
      work();
    } catch (error) {
      const shown = texts.map((text) => JSON.stringify(text.slice(0, 60))).join(', ');
      this.#told.push(`${shown}: ${(error as Error).message.slice(0, 900)}`);
    }
  }

  mustBeNone(): void {
    assert.ok(this.#told.length === 0, `${this.#told.length} steps\n${this.#told.slice(0, 10).join('\n\n')}`);
  }
}

function mustBeAs(host: FakeHost, harmless: FakeHost): void {
  mustShowNothing(host);
  assert.equal(host.result, harmless.result, host.printed.slice(0, 500));
  assert.equal(host.error?.code, harmless.error?.code);
  assert.deepEqual(layoutOf(host), layoutOf(harmless));
}

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
