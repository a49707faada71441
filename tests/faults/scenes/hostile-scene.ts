import type { FakeHost } from '../../support/fake-host';
import { answersOf, type Instead, type Refusal, textFieldsOf } from '../../support/hostile-answers';
import { type RecordedService, type Recording, startRecordedService } from '../../support/recorded-service';
import { looksSame } from '../../support/shown-layout';
import type { Subject, TaskScene } from './task-scene';

/** A step whose answers were recorded once, and are given again with other texts in them. */
export class HostileScene {
  private constructor(
    private readonly scene: TaskScene,
    private readonly service: RecordedService,
    private readonly subject: Subject,
    readonly recording: Recording,
    readonly asRecorded: FakeHost,
  ) {}

  static async open(open: () => Promise<TaskScene>): Promise<HostileScene> {
    const scene = await open();
    const service = await startRecordedService();
    const subject = await scene.newSubject();
    let host: FakeHost | undefined;
    const recording = await service.record(async () => {
      host = await subject.step();
    });
    if (host === undefined) {
      throw new Error('no step was recorded');
    }
    return new HostileScene(scene, service, subject, recording, host);
  }

  stepWith(instead?: Instead, refusal?: Refusal): Promise<FakeHost> {
    return this.service.answerBy(answersOf(this.recording, instead, refusal), () => this.subject.step());
  }

  /** Fields whose texts change neither the end of a step nor what its summary is made of, and a step with harmless ones in all of them. */
  async fieldsForPeople(harmless: (number: number) => string): Promise<readonly [readonly string[], FakeHost]> {
    let found: readonly [readonly string[], FakeHost] = [[], this.asRecorded];
    for (const field of textFieldsOf(this.recording)) {
      const wider = [...found[0], field];
      const changed = await this.stepWith(inFields(wider, harmless));
      if (looksSame(changed, this.asRecorded)) {
        found = [wider, changed];
      }
    }
    return found;
  }

  async close(): Promise<void> {
    await this.service.close();
    await this.scene.close();
  }
}

/** Text number n, from 0, in place of the n-th different one of these fields: names are compared with each other, so equal ones stay equal. `met` learns what came where. */
export function inFields(
  fields: readonly string[],
  textOf: (number: number) => string,
  met = new Map<string, Set<string>>(),
): Instead {
  const known = new Map<string, string>();
  return (text, field) => {
    if (!fields.includes(field)) {
      return text;
    }
    const found = known.get(text) ?? textOf(known.size);
    known.set(text, found);
    met.set(field, (met.get(field) ?? new Set()).add(found));
    return found;
  };
}
