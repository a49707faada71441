import assert from 'node:assert/strict';
import type { FakeHost } from '../support/fake-host';
import {
  AWAY,
  type FaultCase,
  PASSING,
  RENEWABLE,
  REQUEST_DEADLINE_MS,
  STANDING,
  TOKEN_ENDPOINT,
  USELESS,
} from './fault-cases';
import { type FaultScene, requestsOf, type SentRequest, type Subject, whileTimePasses } from './scenes/task-scene';

/** What of a task differs from the rule: what passes ends green, what stands fails with the fault's own code. */
export interface Expected {
  /** Requests of a clean step, at least: so that the table does not shrink unseen. */
  readonly requests: number;
  /** Requests that the table is for; default: all. */
  readonly only?: (request: SentRequest) => boolean;
  /** The warning that a step gives which ends green without this request; undefined for a request that it needs. */
  readonly tolerated?: (request: SentRequest) => string | undefined;
  /** Requests that are not sent a second time: what passes is then an error all the same, unless they took effect. */
  readonly sentOnce?: (request: SentRequest) => boolean;
  /** Requests after which a step looks what they did, where that is not known: one page in place of one answer does not fail it then. */
  readonly lookedUp?: (request: SentRequest) => boolean;
  /** Code of the step's error in place of the fault's own, and what its message names in place of the request's path. */
  readonly code?: (fault: FaultCase, request: SentRequest) => readonly [string, string?] | undefined;
  /** Longest time that a step may take under one fault, milliseconds of the clock. */
  readonly deadlineMs?: number;
}

/** The rows task × fault × request of a scene; the requests are those that a clean step sends. */
export function faultRows(open: () => Promise<FaultScene>, expected: Expected): void {
  let scene: FaultScene;
  let requests: readonly SentRequest[];
  let rows = 0;
  before(async () => {
    scene = await open();
    requests = (await requestsOf(scene)).filter((request) => expected.only?.(request) !== false);
    assert.ok(requests.length >= expected.requests, JSON.stringify(requests));
  });
  afterEach(async () => {
    scene.signIn.by = 'token';
    await scene.faults.off();
  });
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
        } else if (host.result === 'Succeeded' && mayBeGreen(fault, request)) {
          await subject.mustHold(host);
        } else {
          mustName(host, fault, request, subject);
        }
        await subject.mustHold(await subject.step());
      }));
  }

  it('a token that can be renewed is refused, at every request, until the client signs in again: green', () =>
    eachRequest(RENEWABLE, async (request) => {
      scene.signIn.by = 'secret';
      const { subject, host } = await faulty(RENEWABLE, request);
      await subject.mustHold(host);
    }));

  it('the token endpoint is away for a moment: green', async () => {
    scene.signIn.by = 'secret';
    const { subject, host } = await faulty(AWAY, TOKEN_ENDPOINT);
    await subject.mustHold(host);
    rows += 1;
  });

  it('tokens are refused as often as they are renewed: UNAUTHENTICATED', async () => {
    scene.signIn.by = 'secret';
    const first = requests.find((request) => expected.tolerated?.(request) === undefined);
    assert.ok(first !== undefined);
    const { subject, host } = await faulty(USELESS, first);
    mustName(host, USELESS, first, subject);
    rows += 1;
  });

  for (const hours of [-26, -2, 2, 26]) {
    it(`the clock of the workspace is ${hours} h off: green`, async () => {
      await scene.faults.on({ fault: { kind: 'clock_skew', milliseconds: hours * 3_600_000 } });
      const subject = await scene.newSubject();
      scene.signIn.by = 'secret';
      await subject.mustHold(await whileTimePasses(scene, subject.step()));
      rows += 1;
    });
  }

  it('counts its rows', function () {
    assert.ok(rows >= requests.length * (PASSING.length + STANDING.length - 2));
    if (this.test !== undefined) {
      this.test.title = `${rows} rows: ${requests.length} requests × ${PASSING.length + STANDING.length} faults, and signing in and clocks`;
    }
  });

  /** A write that took effect, or that is sent again once it is known that it did not. */
  function mayBeGreen(fault: FaultCase, request: SentRequest): boolean {
    const passes = fault.rule['count'] === 1 && expected.lookedUp?.(request) === true;
    return request.method !== 'GET' && (fault.effect === true || passes);
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
      rows += 1;
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
