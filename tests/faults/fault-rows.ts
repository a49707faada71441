import assert from 'node:assert/strict';
import type { FakeHost } from '../support/fake-host';
import { type FaultCase, PASSING, REQUEST_DEADLINE_MS, STANDING } from './fault-cases';
import { requestsOf, type SentRequest, type Subject, type TaskScene, whileTimePasses } from './scenes/task-scene';

/** What of a task differs from the rule: what passes ends green, what stands fails with the fault's own code. */
export interface Expected {
  /** Requests of a clean step, at least: so that the table does not shrink unseen. */
  readonly requests: number;
  /** Paths of the requests that the table is for; default: all. */
  readonly only?: RegExp;
  /** The warning that a step gives which ends green without this request; undefined for a request that it needs. */
  readonly tolerated?: (request: SentRequest) => string | undefined;
  /** Requests that are not sent a second time: what passes is then an error all the same, unless they took effect. */
  readonly sentOnce?: (request: SentRequest) => boolean;
  /** Code of the step's error in place of the fault's own, and what its message names in place of the request's path. */
  readonly code?: (fault: FaultCase, request: SentRequest) => readonly [string, string?] | undefined;
  /** Longest time that a step may take under one fault, milliseconds of the clock. */
  readonly deadlineMs?: number;
}

/** The rows task × fault × request of a scene; the requests are those that a clean step sends. */
export function faultRows(open: () => Promise<TaskScene>, expected: Expected): void {
  let scene: TaskScene;
  let requests: readonly SentRequest[];
  before(async () => {
    scene = await open();
    requests = (await requestsOf(scene)).filter(({ path }) => expected.only?.test(path) !== false);
    assert.ok(requests.length >= expected.requests, JSON.stringify(requests));
  });
  afterEach(() => scene.faults.off());
  after(() => scene.close());

  for (const fault of PASSING) {
    it(`${fault.title}, at every request: green, and everything once`, () =>
      eachRequest(fault, async (request) => {
        const { subject, host } = await faulty(fault, request);
        if (fault.code !== '' && fault.effect === undefined && expected.sentOnce?.(request) === true) {
          mustName(host, fault, request, subject);
          await subject.mustHold(await subject.step());
        } else {
          await subject.mustHold(host);
        }
      }));
  }

  for (const fault of STANDING) {
    it(`${fault.title}, at every request: ${fault.code}, and the step again ends green`, () =>
      eachRequest(fault, async (request) => {
        const { subject, host, milliseconds } = await faulty(fault, request);
        const limit = expected.deadlineMs ?? REQUEST_DEADLINE_MS + 10_000;
        assert.ok(milliseconds <= limit, `${milliseconds} ms`);
        await subject.mustBeSafe?.(host);
        const warning = expected.tolerated?.(request);
        if (warning !== undefined) {
          assert.equal(host.result, 'Succeeded', host.printed);
          assert.ok(
            host.issues.some(({ type, code }) => type === 'warning' && code === warning),
            host.printed,
          );
        } else if (host.result === 'Succeeded' && fault.effect === true && request.method !== 'GET') {
          await subject.mustHold(host);
        } else {
          mustName(host, fault, request, subject);
        }
        await subject.mustHold(await subject.step());
      }));
  }

  /** The step's error says what happened, by its code, and where. */
  function mustName(host: FakeHost, fault: FaultCase, request: SentRequest, { name }: Subject): void {
    assert.equal(host.result, 'Failed', host.printed);
    const [own, named] = expected.code?.(fault, request) ?? [];
    assert.equal(host.error?.code, own ?? fault.code, host.printed);
    const path = request.path.replaceAll('{subject}', name);
    const place = named ?? path.split(':id')[0] ?? path;
    assert.ok(host.error?.message.includes(place), host.printed);
  }

  async function faulty({ rule }: FaultCase, { method, path, earlier }: SentRequest) {
    const subject = await scene.newSubject();
    const route = { method, path: path.replaceAll('{subject}', subject.name), skip: earlier };
    await scene.faults.on({ ...route, ...rule });
    const begun = scene.now();
    const host = await whileTimePasses(scene, subject.step());
    assert.ok((await scene.faults.hits()) > 0, `no request met the fault: ${host.debugLines.join('\n')}`);
    await scene.faults.off();
    return { subject, host, milliseconds: scene.now() - begun };
  }

  /** Every request, and then all failures in one: a row that fails must not hide the next. */
  async function eachRequest(fault: FaultCase, row: (request: SentRequest) => Promise<void>): Promise<void> {
    const failures: string[] = [];
    const met = requests.filter(({ path }) => fault.ofJson === undefined || !path.startsWith('/api/2.0/fs/files/'));
    for (const request of met) {
      try {
        await row(request);
      } catch (error) {
        failures.push(`${request.method} ${request.path} (${request.earlier} earlier): ${(error as Error).message}`);
        await scene.faults.off();
      }
    }
    assert.deepEqual(failures, [], failures.join('\n\n'));
  }
}
