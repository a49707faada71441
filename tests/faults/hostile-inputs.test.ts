import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { InputReader } from '../../src/agent/input-reader';
import type { TaskDefinition } from '../../src/agent/task-definition';
import { TaskError } from '../../src/errors';
import { readInputs as readCheck } from '../../tasks/DatabricksCheckConnection/inputs';
import { readInputs as readDeploy } from '../../tasks/DatabricksDeployEndpoint/inputs';
import { readInputs as readEvaluate } from '../../tasks/DatabricksEvaluateModel/inputs';
import { readInputs as readPromote } from '../../tasks/DatabricksPromoteModel/inputs';
import { readInputs as readRegister } from '../../tasks/DatabricksRegisterModel/inputs';
import { readInputs as readWorkflow } from '../../tasks/DatabricksRunWorkflow/inputs';
import { FakeHost } from '../support/fake-host';
import { answersOf } from '../support/hostile-answers';
import { HostileFindings } from '../support/hostile-findings';
import { type Outline, outlining } from '../support/hostile-inputs';
import { HOSTILE_TEXTS } from '../support/hostile-texts';
import { type RecordedService, type Recording, startRecordedService } from '../support/recorded-service';
import { mustLookAsOneOf, mustShowNothing } from '../support/shown-layout';
import { SCENES_OF_TASKS } from './scenes/all-tasks';
import type { Subject, TaskScene } from './scenes/task-scene';

const READERS: Readonly<Record<string, (inputs: InputReader) => unknown>> = {
  DatabricksCheckConnection: readCheck,
  DatabricksRunWorkflow: readWorkflow,
  DatabricksRegisterModel: readRegister,
  DatabricksEvaluateModel: readEvaluate,
  DatabricksPromoteModel: readPromote,
  DatabricksDeployEndpoint: readDeploy,
};
/** Blank inputs are none, and inputs are trimmed. */
const TEXTS = HOSTILE_TEXTS.map((text) => text.trim()).filter((text) => text !== '');
/** Whole steps for each input; each text is in some of them. */
const STEPS_AN_INPUT = 24;
const HARMLESS = 'price9';
const MAPS = new Set(['multiLine']);

/** An input with a text in it: as it is, and as key and value of a map where it can be one. */
function givenIn(type: string, text: string): readonly string[] {
  return MAPS.has(type) ? [text, JSON.stringify({ price: text }), JSON.stringify({ [text]: 'price' })] : [text];
}

describe('hostile texts as inputs', function () {
  this.timeout(600_000);

  for (const [task, open] of SCENES_OF_TASKS) {
    describe(task, () => {
      const definition = JSON.parse(readFileSync(`tasks/${task}/task.json`, 'utf8')) as TaskDefinition & {
        readonly inputs: readonly { readonly name: string; readonly type: string }[];
      };
      const inputs = definition.inputs.filter(({ type }) => !type.startsWith('connectedService'));
      let scene: TaskScene;
      let service: RecordedService;
      let subject: Subject;
      let recording: Recording;
      let own: Readonly<Record<string, string>> = {};
      before(async () => {
        scene = await open();
        service = await startRecordedService();
        subject = await scene.newSubject();
        FakeHost.inputs = (given) => {
          own = given;
          return given;
        };
        recording = await service.record(() => subject.step());
      });
      afterEach(() => {
        FakeHost.inputs = (given) => given;
      });
      after(async () => {
        await service.close();
        await scene.close();
      });

      it('each text in each: read, or refused by a sentence that acts on nothing', () => {
        const findings = new HostileFindings();
        for (const { name, type } of inputs) {
          for (const text of TEXTS) {
            for (const given of givenIn(type, text)) {
              findings.note(name, () => mustReadOrRefuse(name, given), text);
            }
          }
        }
        findings.mustBeNone();
      });

      it('in whole steps: each request is encoded or bound, none acts, none breaks log or summary', async () => {
        const findings = new HostileFindings();
        let next = 0;
        for (const { name, type } of inputs) {
          const [harmless, expected] = await harmlessSteps(name, type);
          for (const _ of Array(STEPS_AN_INPUT)) {
            const text = TEXTS[next++ % TEXTS.length] ?? '';
            for (const [at, given] of givenIn(type, text).entries()) {
              const [host, outlines] = await stepWith(name, given, text);
              findings.note(
                `${name} (form ${at})`,
                () => {
                  assert.notEqual(host.error?.code, 'UNEXPECTED_ERROR', host.error?.message.slice(0, 400));
                  if (at === 0) {
                    mustLookAsOneOf(host, harmless);
                    assert.deepEqual(
                      [...outlines].filter((outline) => !expected.has(outline)),
                      [],
                    );
                  }
                  mustShowNothing(host);
                },
                text,
              );
            }
          }
        }
        findings.mustBeNone();
      });

      function mustReadOrRefuse(name: string, given: string): void {
        const host = new FakeHost({ inputs: { ...own, [name]: given } });
        try {
          READERS[task]?.(new InputReader(definition, host));
        } catch (error) {
          assert.ok(error instanceof TaskError, String(error).slice(0, 300));
          assert.match(error.code, /^[A-Z0-9_]+$/);
        }
      }

      /** Steps with the input as it was, without it (lines that begin with `#` say nothing) and with a harmless text in it, and what they sent. */
      async function harmlessSteps(name: string, type: string): Promise<[readonly FakeHost[], ReadonlySet<Outline>]> {
        const hosts: FakeHost[] = [];
        const outlines = new Set<Outline>();
        const before = own[name] ?? '';
        for (const [given, text] of [
          [before, before],
          ['', HARMLESS],
          ...givenIn(type, HARMLESS).map((each) => [each, HARMLESS]),
        ]) {
          const [host, sent] = await stepWith(name, given ?? '', text ?? '');
          hosts.push(host);
          for (const outline of sent) {
            outlines.add(outline);
          }
        }
        return [hosts, outlines];
      }

      /** A step with this input, and the outlines of its requests without the text that stands in it. */
      async function stepWith(name: string, given: string, text: string): Promise<[FakeHost, ReadonlySet<Outline>]> {
        const outlines = new Set<Outline>();
        const before = own[name] ?? '';
        FakeHost.inputs = (inputsOfScene) => ({ ...inputsOfScene, [name]: given });
        const host = await service.answerBy(outlining(answersOf(recording), text, before, outlines), () =>
          subject.step(),
        );
        return [host, outlines];
      }
    });
  }
});
