import assert from 'node:assert/strict';
import type { FaultScene } from './scenes/task-scene';
import { type FaultSwitch, whileTimePasses } from './scenes/task-scene';

/** What of a scene's crash points differs from the rule. */
export interface CrashPoints {
  /** Requests of a clean step, at least: so that the points do not become fewer unseen. */
  readonly requests: number;
  /** Called before the step that dies, and before the one that is run again; such as to hold what the first has begun. */
  readonly beforeStep?: (step: 'dies' | 'again') => void;
}

/** Crash points × run again: a step whose process dies at each of its requests, and the same step afterwards. */
export function crashPoints<Scene extends FaultScene>(
  open: () => Promise<Scene>,
  expected: (scene: () => Scene) => CrashPoints,
): void {
  let scene: Scene;
  const { requests: least, beforeStep = () => undefined } = expected(() => scene);
  before(async () => {
    scene = await open();
  });
  afterEach(() => scene.faults.off());
  after(() => scene.close());

  for (const when of ['before', 'after'] as const) {
    it(`${when} the effect of each request: the step again ends green, and everything is there once`, async function () {
      const requests = await requestsOfStep();
      assert.ok(requests >= least, String(requests));
      for (let number = 1; number <= requests; number += 1) {
        const subject = await scene.newSubject();
        beforeStep('dies');
        await dieAt(scene.faults, number, when);
        const dead = await whileTimePasses(scene, subject.step());
        const where = `request ${number} of ${requests}: ${dead.printed}`;
        assert.ok((await scene.faults.hits()) > 0, where);
        await scene.faults.off();
        await subject.mustBeSafe?.(dead);
        beforeStep('again');
        const again = await whileTimePasses(scene, subject.step());
        await subject.mustHold(again).catch((error: Error) => {
          throw new Error(`${where}\n\nand again: ${error.message}`, { cause: error });
        });
      }
      if (this.test !== undefined) {
        this.test.title += ` (${requests} points)`;
      }
    });
  }

  async function requestsOfStep(): Promise<number> {
    const subject = await scene.newSubject();
    beforeStep('again');
    const host = await whileTimePasses(scene, subject.step());
    await subject.mustHold(host);
    return host.debugLines.filter((line) => /^(GET|HEAD|POST|PUT|PATCH|DELETE) \/\S* \d/.test(line)).length;
  }
}

/** From request `number` (from 1) on nobody answers: as for the workspace, whose client is dead. */
async function dieAt(faults: FaultSwitch, number: number, when: 'before' | 'after'): Promise<void> {
  if (when === 'after') {
    await faults.on({ skip: number - 1, count: 1, fault: { kind: 'connection_dropped', at: 'answer' } });
  }
  await faults.on({
    skip: when === 'after' ? number : number - 1,
    fault: { kind: 'connection_dropped', at: 'request' },
  });
}
