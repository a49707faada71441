import assert from 'node:assert/strict';
import { textFieldsOf } from '../support/hostile-answers';
import { HostileFindings } from '../support/hostile-findings';
import { REFUSAL_DIALECTS } from '../support/hostile-refusals';
import { BROKEN_BYTE, HOSTILE_TEXTS } from '../support/hostile-texts';
import { mustLookAs, mustLookAsOneOf } from '../support/shown-layout';
import { openDeployScene } from './scenes/deploy-scene';
import { HostileScene, inFields } from './scenes/hostile-scene';
import { openPromoteScene } from './scenes/promote-scene';
import type { TaskScene } from './scenes/task-scene';
import { openUpdateScene } from './scenes/update-scene';
import { openWorkflowAction } from './scenes/workflow-action-scene';
import { nested, repaired, withResults } from './scenes/workflow-subjects';

/** What steps are answered by other requests than those of each task's ordinary one. */
const ACTIONS: readonly (readonly [action: string, open: () => Promise<TaskScene>])[] = [
  ['DatabricksRunWorkflow, update of a pipeline', openUpdateScene],
  ['DatabricksRunWorkflow, repair', () => openWorkflowAction(repaired)],
  ['DatabricksRunWorkflow, runs and iterations below a run', () => openWorkflowAction(nested)],
  ['DatabricksRunWorkflow, test results and downloads', () => openWorkflowAction(withResults)],
  ['DatabricksPromoteModel, rollback', () => openPromoteScene('rollback')],
  ['DatabricksDeployEndpoint, update', () => openDeployScene('update')],
  ['DatabricksDeployEndpoint, update whose build fails', () => openDeployScene('broken')],
  ['DatabricksDeployEndpoint, delete', () => openDeployScene('delete')],
];

/** Those that meet many fields at once: a megabyte in each of them would take minutes, and blanks are no name. */
const TEXTS = HOSTILE_TEXTS.filter((text) => text.trim() !== '').map((text) => text.slice(-100_000));
/** On a field that decides something a step ends at once, in one of few ways. */
const TEXTS_A_DECIDING_FIELD = 2;
/** Primes, so that each scene meets other pairs of a text and a place. */
const [STRIDE_OF_TEXTS, STRIDE_OF_PLACES] = [37, 7];
const harmless = (number: number) => `price${number} "a" (b)`.padEnd(20_000, '-');

describe('hostile texts in what services answer to other actions', function () {
  this.timeout(600_000);

  for (const [at, [action, open]] of ACTIONS.entries()) {
    describe(action, () => {
      let scene: HostileScene;
      before(async () => {
        scene = await HostileScene.open(open);
      });
      after(() => scene.close());

      it('in every field: none acts, none breaks log or summary', async () => {
        const findings = new HostileFindings();
        const [fields, expected] = await scene.fieldsForPeople(harmless);
        // Together the steps show each text in some field of people.
        const each = Math.max(1, fields.length);
        for (let shift = 0; shift < TEXTS.length; shift += each) {
          const textOf = (number: number) => TEXTS[(number + shift) % TEXTS.length] ?? '';
          const host = await scene.stepWith(inFields(fields, textOf));
          findings.note(`text ${shift} and those after it`, () => mustLookAs(host, expected));
        }
        let next = at * STRIDE_OF_TEXTS;
        for (const field of textFieldsOf(scene.recording).filter((one) => !fields.includes(one))) {
          const only = (text: string) => scene.stepWith((said, where) => (where === field ? text : said));
          const others = [await only('price'), await only(harmless(0)), await only(' ')];
          for (const _ of Array(TEXTS_A_DECIDING_FIELD)) {
            next += STRIDE_OF_TEXTS;
            const hostile = TEXTS[next % TEXTS.length] ?? '';
            const host = await only(hostile);
            findings.note(field, () => mustLookAsOneOf(host, others), hostile);
          }
        }
        findings.mustBeNone();
      });

      it('as refusal of each request: none acts, none breaks log or summary', async () => {
        const findings = new HostileFindings();
        for (const [index, route] of [...scene.recording.keys()].entries()) {
          const dialect = REFUSAL_DIALECTS[(at + index * STRIDE_OF_PLACES) % REFUSAL_DIALECTS.length];
          assert.ok(dialect !== undefined);
          const refused = (text: string) => scene.stepWith(undefined, { route, answer: dialect.answer(text) });
          const hostile = TEXTS[((at + index) * STRIDE_OF_TEXTS) % TEXTS.length] ?? '';
          // Of requests that are sent together the refused step leaves one behind, which may meet the refusal of the next step.
          const expected = [await refused('price'), await refused('price')];
          const host = await refused(hostile);
          findings.note(`${route} ${dialect.name}`, () => mustLookAsOneOf(host, expected), hostile);
        }
        findings.mustBeNone();
      });
    });
  }

  describe('names and messages of tests', () => {
    let scene: HostileScene;
    before(async () => {
      scene = await HostileScene.open(() => openWorkflowAction(withResults));
    });
    after(() => scene.close());

    it('in every place of a JUnit file: none acts, none breaks log or summary', async () => {
      const findings = new HostileFindings();
      const stepWith = (text: string) =>
        scene.stepWith((said) => (said.startsWith('<testsuite') ? inBytes(failedTests(text), said.length) : said));
      const expected = await stepWith('price');
      assert.equal(expected.error?.code, 'TESTS_FAILED', expected.printed);
      // What XML cannot hold makes no file of tests.
      for (const text of TEXTS.map((one) => one.slice(0, 200)).filter(isOfXml)) {
        const host = await stepWith(text);
        findings.note('test', () => mustLookAs(host, expected), text);
      }
      findings.mustBeNone();
    });
  });
});

/** With blanks at its end, as many bytes as the list of the files says. */
function inBytes(text: string, bytes: number): string {
  assert.ok(Buffer.byteLength(text) <= bytes, text.slice(0, 100));
  return text + ' '.repeat(bytes - Buffer.byteLength(text));
}

function isOfXml(text: string): boolean {
  return !text.includes(BROKEN_BYTE) && !/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]/.test(text);
}

/** A JUnit file with the text as name of suite, class and test, and as message, type, text and output of a failure. */
function failedTests(text: string): string {
  const value = text.replace(/[<>&"'\t\n\r]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return (
    `<testsuite name="${value}" hostname="${value}"><testcase classname="${value}" name="${value}" file="${value}">` +
    `<failure message="${value}" type="${value}">${value}</failure><system-out>${value}</system-out></testcase></testsuite>`
  );
}
