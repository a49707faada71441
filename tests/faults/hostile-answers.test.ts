import assert from 'node:assert/strict';
import type { FakeHost } from '../support/fake-host';
import { answersOf, type Instead, type Refusal, textFieldsOf } from '../support/hostile-answers';
import { HostileFindings } from '../support/hostile-findings';
import { REFUSAL_DIALECTS } from '../support/hostile-refusals';
import { HOSTILE_TEXTS, hostileRuns } from '../support/hostile-texts';
import { type RecordedService, type Recording, startRecordedService } from '../support/recorded-service';
import { looksSame, mustLookAs, mustLookAsOneOf } from '../support/shown-layout';
import { SCENES_OF_TASKS } from './scenes/all-tasks';
import { inFields } from './scenes/hostile-scene';
import type { Subject, TaskScene } from './scenes/task-scene';

/** Texts of one kind, and text number n of those that they are compared with. */
interface Kind {
  readonly harmless: (number: number) => string;
  readonly texts: readonly string[];
}

/** A description that is blank is none, so that steps say other things of it. */
const isBlank = (text: string): boolean => text.trim() === '';
/**
 * Characters of a text that meets every field, the last ones: ten times what any log shows. A megabyte in each field of each answer would
 * take most of the time of the suite, so that it meets some fields, alone.
 */
const LONGEST_IN_EVERY_FIELD = 100_000;
const FIELDS_WITH_A_MEGABYTE = 5;
/** Characters of a run; what begins anew at each of them takes seconds for it, and an hour for a megabyte. */
const RUN = 50_000;
const MEGABYTE = 1_000_000;
/** So many times as long as with as many letters may a step with a run take; it is busy with other things too, as is the machine. */
const ROOM = 30;
const DIALECTS_WITH_RUNS = ['page', 'plain text', 'API 2.x'];
/** A megabyte is read in one field and one refusal of each task: in the others it would show nothing more, and take minutes. */
const LENGTHS_BY_PLACE = [[RUN, MEGABYTE], [RUN]] as const;
const KINDS: readonly [Kind, Kind] = [
  {
    // Not of a word alone: a text that is no part of an address, or too long for one, makes no link.
    harmless: (number) => `price${number} "a" (b)`.padEnd(20_000, '-'),
    texts: HOSTILE_TEXTS.filter((text) => !isBlank(text)).map((text) => text.slice(-LONGEST_IN_EVERY_FIELD)),
  },
  { harmless: (number) => ' '.repeat(number + 1), texts: HOSTILE_TEXTS.filter(isBlank) },
];
/** On a field that decides something a step ends at once, in one of few ways: some texts are enough for each. */
const TEXTS_A_DECIDING_FIELD = 4;
/** A prime, so that each text meets another request and dialect in each task. */
const STRIDE = 7;

describe('hostile texts in what services answer', function () {
  this.timeout(600_000);

  it('are 200 and more', () => {
    assert.ok(HOSTILE_TEXTS.length >= 200, String(HOSTILE_TEXTS.length));
  });

  for (const [task, open] of SCENES_OF_TASKS) {
    describe(task, () => {
      let scene: TaskScene;
      let service: RecordedService;
      let subject: Subject;
      let recording: Recording;
      let asRecorded: FakeHost;
      before(async () => {
        scene = await open();
        service = await startRecordedService();
        subject = await scene.newSubject();
        recording = await service.record(async () => {
          asRecorded = await subject.step();
        });
      });
      after(async () => {
        await service.close();
        await scene.close();
      });

      const stepWith = (instead?: Instead, refusal?: Refusal): Promise<FakeHost> =>
        service.answerBy(answersOf(recording, instead, refusal), () => subject.step());

      it('each text in every field for people: none acts, none breaks log or summary', async () => {
        const findings = new HostileFindings();
        for (const { harmless, texts } of KINDS) {
          const [fields, expected] = await fieldsForPeople(harmless);
          const met = new Map<string, Set<string>>();
          for (const shift of texts.keys()) {
            const textOf = (number: number) => texts[(number + shift) % texts.length] ?? '';
            const host = await stepWith(inFields(fields, textOf, met));
            findings.note(`text ${shift} and those after it`, () => mustLookAs(host, expected));
          }
          findings.mustBeNone();
          const unmet = fields.filter((field) => met.get(field)?.size !== texts.length);
          assert.deepEqual(unmet, [], 'fields that did not meet each text');
        }
      });

      it('a line of a megabyte in fields for people: none acts, none breaks log or summary', async () => {
        const megabyte =
          HOSTILE_TEXTS.find((text) => text.length > LONGEST_IN_EVERY_FIELD) ?? assert.fail('no such text');
        const [fields] = await fieldsForPeople(KINDS[0].harmless);
        const findings = new HostileFindings();
        for (const place of Array(FIELDS_WITH_A_MEGABYTE).keys()) {
          const field = fields[Math.floor((place * fields.length) / FIELDS_WITH_A_MEGABYTE)] ?? '';
          const host = await stepWith((text, where) => (where === field ? megabyte : text));
          findings.note(field, () => mustLookAs(host, asRecorded), megabyte);
        }
        findings.mustBeNone();
      });

      it('runs of one sign in fields for people and in refusals: none takes longer than as many letters', async () => {
        const [fields] = await fieldsForPeople(KINDS[0].harmless);
        const places = Array.from({ length: FIELDS_WITH_A_MEGABYTE }, (_, place) => {
          const field = fields[Math.floor((place * fields.length) / FIELDS_WITH_A_MEGABYTE)] ?? '';
          return { name: field, stepOf: (text: string) => stepWith((said, where) => (where === field ? text : said)) };
        });
        const route = [...recording.keys()][0] ?? assert.fail('no request');
        const refusals = REFUSAL_DIALECTS.filter(({ name }) => DIALECTS_WITH_RUNS.includes(name)).map((dialect) => ({
          name: dialect.name,
          stepOf: (text: string) => stepWith(undefined, { route, answer: dialect.answer(text) }),
        }));
        const findings = new HostileFindings();
        const firstOf = [places[0], refusals[0]];
        for (const place of [...places, ...refusals]) {
          const { name, stepOf } = place;
          for (const length of LENGTHS_BY_PLACE[firstOf.includes(place) ? 0 : 1]) {
            const letters = await timed(() => stepOf('x'.repeat(length)));
            for (const run of hostileRuns(length)) {
              const isShorter = ({ ms }: { ms: number }) => ms < ROOM * letters.ms;
              const first = await timed(() => stepOf(run));
              const slow = !isShorter(first) && !isShorter(await timed(() => stepOf(run)));
              findings.note(name, () => assert.ok(!slow, `${first.ms} ms, and ${letters.ms} ms for letters`), run);
              findings.note(name, () => mustLookAs(first.host, letters.host), run);
            }
            // What takes too long for a short run would not end for a long one.
            findings.mustBeNone();
          }
        }
      });

      it('in each field that decides something: none acts, none breaks log or summary', async () => {
        const [fields] = await fieldsForPeople(KINDS[0].harmless);
        const findings = new HostileFindings();
        let next = 0;
        for (const field of textFieldsOf(recording).filter((each) => !fields.includes(each))) {
          const only = (text: string) => stepWith((said, where) => (where === field ? text : said));
          const harmless = [await only('price'), await only(KINDS[0].harmless(0)), await only(' ')];
          for (const _ of Array(TEXTS_A_DECIDING_FIELD)) {
            const hostile = HOSTILE_TEXTS[next++ % HOSTILE_TEXTS.length] ?? '';
            const host = await only(hostile);
            findings.note(field, () => mustLookAsOneOf(host, harmless), hostile);
          }
        }
        findings.mustBeNone();
      });

      it('as refusal of requests in every dialect: none acts, none breaks log or summary', async () => {
        const expected = new Map<string, FakeHost>();
        const places = [...recording.keys()].flatMap((route) =>
          REFUSAL_DIALECTS.map((dialect) => ({ route, dialect })),
        );
        const findings = new HostileFindings();
        for (const [at, hostile] of HOSTILE_TEXTS.entries()) {
          const { route, dialect } = places[(at * STRIDE) % places.length] ?? assert.fail('no request');
          const refused = (text: string) => stepWith(undefined, { route, answer: dialect.answer(text) });
          const key = `${route} ${dialect.name} ${isBlank(hostile)}`;
          const harmless = expected.get(key) ?? (await refused(isBlank(hostile) ? ' ' : 'price'));
          expected.set(key, harmless);
          const host = await refused(hostile);
          findings.note(key, () => mustLookAsOneOf(host, [harmless]), hostile);
        }
        findings.mustBeNone();
      });

      const forPeople = new Map<Kind['harmless'], [readonly string[], FakeHost]>();

      /** Fields whose texts change neither the end of a step nor what its summary is made of, and a step with harmless ones in all of them. */
      async function fieldsForPeople(harmless: Kind['harmless']): Promise<[readonly string[], FakeHost]> {
        let [fields, host] = forPeople.get(harmless) ?? [[], asRecorded];
        if (forPeople.has(harmless)) {
          return [fields, host];
        }
        for (const field of textFieldsOf(recording)) {
          const wider = [...fields, field];
          const changed = await stepWith(inFields(wider, harmless));
          if (looksSame(changed, asRecorded)) {
            fields = wider;
            host = changed;
          }
        }
        forPeople.set(harmless, [fields, host]);
        return [fields, host];
      }
    });
  }
});

async function timed(step: () => Promise<FakeHost>): Promise<{ readonly host: FakeHost; readonly ms: number }> {
  const begin = performance.now();
  const host = await step();
  return { host, ms: performance.now() - begin };
}
