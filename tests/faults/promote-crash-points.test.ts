import assert from 'node:assert/strict';
import type { HttpRequest } from '../../src/http/request';
import { report, reportFile, rollbackInputs, step } from '../support/promotion-steps';
import { type Fate, model, Registry } from '../support/registry-transport';

/** A step that is repeated, and what must hold after it, however its first try ended. */
interface Scenario {
  readonly title: string;
  prepare(registry: Registry): Promise<void>;
  readonly inputs: () => Record<string, string>;
  readonly champion: string;
  readonly previous: string;
  readonly states: Readonly<Record<string, string>>;
}

/** The process dies at this request: it and all that follow are lost. */
const dying =
  (at: number, fate: Fate) =>
  (index: number): Fate =>
    index < at ? 'passes' : index === at ? fate : 'lostBefore';
/** Only this request fails; the process goes on. */
const failing =
  (at: number, fate: Fate) =>
  (index: number): Fate =>
    index === at ? fate : 'passes';

const promoteTwo = reportFile(report('2', '1'));
const promoteThree = reportFile(report('3', '2'));
const promoteFirst = reportFile(report('1', ''));

async function promoted(registry: Registry, ...paths: string[]): Promise<void> {
  for (const reportPath of paths) {
    const version = reportPath === promoteFirst ? '1' : reportPath === promoteTwo ? '2' : '3';
    const host = await step(registry.client(), { version, reportPath });
    assert.equal(host.result, 'Succeeded', host.printed);
  }
}

const challenger = (registry: Registry, version: string) =>
  registry.client().registeredModels.setAlias(model, 'challenger', version);

const scenarios: readonly Scenario[] = [
  {
    title: 'first promotion',
    prepare: (registry) => challenger(registry, '1'),
    inputs: () => ({ reportPath: promoteFirst }),
    champion: '1',
    previous: '',
    states: { '1': 'champion' },
  },
  {
    title: 'promotion over a champion',
    prepare: async (registry) => {
      await promoted(registry, promoteFirst);
      await challenger(registry, '2');
    },
    inputs: () => ({ reportPath: promoteTwo }),
    champion: '2',
    previous: '1',
    states: { '1': 'superseded', '2': 'champion' },
  },
  {
    title: 'promotion that replaces the previous champion',
    prepare: async (registry) => {
      await promoted(registry, promoteFirst, promoteTwo);
      await challenger(registry, '3');
    },
    inputs: () => ({ reportPath: promoteThree }),
    champion: '3',
    previous: '2',
    states: { '1': 'superseded', '2': 'superseded', '3': 'champion' },
  },
  {
    title: 'rollback',
    prepare: (registry) => promoted(registry, promoteFirst, promoteTwo),
    inputs: () => rollbackInputs,
    champion: '1',
    previous: '',
    states: { '1': 'champion', '2': 'rolled_back' },
  },
  {
    title: 'rollback after two promotions',
    prepare: (registry) => promoted(registry, promoteFirst, promoteTwo, promoteThree),
    inputs: () => rollbackInputs,
    champion: '2',
    previous: '',
    states: { '1': 'superseded', '2': 'champion', '3': 'rolled_back' },
  },
];

describe('PromoteModel, cut at every request', () => {
  for (const scenario of scenarios) {
    for (const [kind, fateAt] of [
      ['the process dies', dying],
      ['one request fails', failing],
    ] as const) {
      for (const fate of ['lostBefore', 'lostAfter'] as const) {
        it(`${scenario.title}: ${kind}, ${fate === 'lostBefore' ? 'before' : 'after'} the effect; the step again ends right`, async () => {
          const requests = await countRequests(scenario);
          assert.ok(requests > 6, String(requests));
          for (let at = 0; at < requests; at++) {
            const registry = await prepared(scenario);
            await step(registry.client(fateAt(at, fate)), scenario.inputs());
            await mustBeSafe(registry, scenario, `request ${at}`);
            const again = await step(registry.client(), scenario.inputs(), 60);
            assert.equal(again.result, 'Succeeded', `request ${at}: ${again.printed}`);
            await mustHold(registry, scenario, `request ${at}`);
            const once = await recorded(registry, scenario.inputs());
            assert.equal(once.host.result, 'Succeeded', `request ${at}: ${once.host.printed}`);
            assert.deepEqual(once.writes, [], `request ${at}: a third time writes`);
            assert.equal(once.host.outputs.get('changed'), 'false');
          }
        });
      }
    }
  }

  it('rollback: a second one at every request of the first never brings the bad version back', async () => {
    for (const scenario of scenarios.filter(({ title }) => title.startsWith('rollback'))) {
      const requests = await countRequests(scenario);
      for (let at = 0; at < requests; at++) {
        const registry = await prepared(scenario);
        const raced = registry.client(async (index): Promise<Fate> => {
          if (index === at) {
            const second = await step(registry.client(), rollbackInputs);
            assert.equal(second.result, 'Succeeded', `request ${at}: ${second.printed}`);
          }
          return 'passes';
        });
        const first = await step(raced, rollbackInputs);
        assert.equal(first.result, 'Succeeded', `request ${at}: ${first.printed}`);
        await mustHold(registry, scenario, `raced at request ${at}`);
      }
    }
  });

  it('rollback: tries that die one after the other at every pair of requests never bring the bad version back', async () => {
    for (const scenario of scenarios.filter(({ title }) => title === 'rollback')) {
      const requests = await countRequests(scenario);
      for (let first = 0; first < requests; first++) {
        for (let second = 0; second < requests; second++) {
          const registry = await prepared(scenario);
          await step(registry.client(dying(first, 'lostAfter')), rollbackInputs);
          await step(registry.client(dying(second, 'lostBefore')), rollbackInputs, 1);
          await mustBeSafe(registry, scenario, `${first}, ${second}`);
          const last = await step(registry.client(), rollbackInputs, 2);
          assert.equal(last.result, 'Succeeded', `${first}, ${second}: ${last.printed}`);
          await mustHold(registry, scenario, `${first}, ${second}`);
        }
      }
    }
  });

  it('an old report does not bring back what was rolled back', async () => {
    const registry = new Registry();
    await registry.withVersions(2);
    await promoted(registry, promoteFirst, promoteTwo);
    await step(registry.client(), rollbackInputs, 60);
    const again = await step(registry.client(), { version: '2', reportPath: promoteTwo }, 120);
    assert.equal(again.error?.code, 'VERSION_ROLLED_BACK');
    assert.equal(await registry.alias('champion'), '1');
    const anew = reportFile(report('2', '1', {}, '2023-11-14T22:20:00.000Z'));
    const evaluated = await step(registry.client(), { version: '2', reportPath: anew }, 600);
    assert.equal(evaluated.result, 'Succeeded', evaluated.printed);
  });
});

async function prepared(scenario: Scenario): Promise<Registry> {
  const registry = new Registry();
  await registry.withVersions(3);
  await scenario.prepare(registry);
  return registry;
}

async function countRequests(scenario: Scenario): Promise<number> {
  const registry = await prepared(scenario);
  let count = 0;
  const counting = registry.client(() => {
    count++;
    return 'passes';
  });
  const host = await step(counting, scenario.inputs());
  assert.equal(host.result, 'Succeeded', host.printed);
  return count;
}

async function recorded(registry: Registry, inputs: Record<string, string>) {
  const writes: HttpRequest[] = [];
  const recording = registry.client((_, request) => {
    if (request.method !== 'GET') {
      writes.push(request);
    }
    return 'passes';
  });
  return { host: await step(recording, inputs, 120), writes };
}

/** At no moment is there no champion where there was one, or a predecessor lost that a rollback needs. */
async function mustBeSafe(registry: Registry, scenario: Scenario, where: string): Promise<void> {
  const champion = await registry.alias('champion');
  const previous = await registry.alias('previous_champion');
  if (scenario.title.startsWith('rollback')) {
    assert.ok(champion === scenario.champion || previous === scenario.champion, `${where}: ${champion} ${previous}`);
  } else if (champion === scenario.champion) {
    assert.equal(previous, scenario.previous, where);
  } else {
    assert.equal(champion, scenario.previous, where);
  }
}

async function mustHold(registry: Registry, scenario: Scenario, where: string): Promise<void> {
  assert.equal(await registry.alias('champion'), scenario.champion, where);
  assert.equal(await registry.alias('previous_champion'), scenario.previous, where);
  assert.equal(await registry.alias('challenger'), '', where);
  for (const [version, state] of Object.entries(scenario.states)) {
    assert.equal(await registry.tag(version, 'mlops_state'), state, `${where}: state of ${version}`);
  }
}
