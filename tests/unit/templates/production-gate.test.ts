import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ExpandError } from '../../../local/pipelines/expand/expand-error';
import { expandTemplate, namesOf, OCCASIONS, type Stage } from '../../support/templates';

interface Environment {
  readonly name: string;
  readonly production?: unknown;
  readonly development?: unknown;
  readonly gates?: Readonly<Record<string, unknown>>;
  readonly [other: string]: unknown;
}

interface Given {
  readonly environments: readonly Environment[];
  readonly gates?: Readonly<Record<string, unknown>>;
  readonly operation?: string;
}

function expand({ environments, ...given }: Given, variables: Readonly<Record<string, string>>): readonly Stage[] {
  return expandTemplate(
    'templates/mlops.yml',
    {
      project: 'diabetes',
      model: { schema: 'diabetes', name: 'progression' },
      pullRequest: { connection: 'dbx-pr' },
      environments: environments.map((one) => ({ catalog: one.name, connection: `dbx-${one.name}`, ...one })),
      ...given,
    },
    variables,
  );
}

/** Its stages, or the sentence that refuses it. */
function expandedOrRefused(given: Given, variables: Readonly<Record<string, string>>): readonly Stage[] | string {
  try {
    return expand(given, variables);
  } catch (error) {
    assert.ok(error instanceof ExpandError, String(error));
    return error.sentences;
  }
}

/** The sentence that refuses a release of it. */
function refusal(given: Given, variables: Readonly<Record<string, string>> = OCCASIONS.release): string {
  const outcome = expandedOrRefused(given, variables);
  assert.ok(typeof outcome === 'string', 'it expands');
  return outcome;
}

/** How each promotion of a run lets a version through: only behind an approval, or by the report alone. */
function gatesOf(stages: readonly Stage[]): Readonly<Record<string, 'manual' | 'auto'>> {
  return Object.fromEntries(
    stages
      .filter(({ stage }) => stage.startsWith('promote_'))
      .map(({ stage, condition = '' }) => {
        const approved = new RegExp(`, eq\\(dependencies\\.approve_${stage}\\.result, 'Succeeded'\\)\\)$`);
        return [stage.replace('promote_', ''), approved.test(condition) ? 'manual' : 'auto'];
      }),
  );
}

const says = (value: unknown, word: string) => new RegExp(`^${word}$`, 'i').test(String(value));

/** Environments that are production, by the words of docs/contract.md and not by those of the template. */
function productionOf(environments: readonly Environment[]): readonly Environment[] {
  const last = environments.filter(({ development }) => !says(development, 'true')).at(-1);
  return environments.filter((one) => says(one.production, 'true') || (one === last && !says(one.production, 'false')));
}

describe('the gate of production in templates/mlops.yml', () => {
  const staging = { name: 'staging' };
  const prod = { name: 'prod' };
  const dev = { name: 'dev', development: true };

  it('is that of the last environment that is not for development, wherever those stand', () => {
    for (const environments of [
      [staging, prod],
      [dev, staging, prod],
      [staging, dev, prod],
      [staging, prod, dev],
      [staging, prod, { ...dev, development: 'True' }],
    ]) {
      const names = JSON.stringify(environments);
      assert.deepEqual(gatesOf(expand({ environments }, OCCASIONS.push)), { staging: 'auto' }, names);
      assert.deepEqual(
        gatesOf(expand({ environments }, OCCASIONS.release)),
        { staging: 'auto', prod: 'manual' },
        names,
      );
      const onBranch = environments.some((one) => 'development' in one) ? { dev: 'auto' } : {};
      assert.deepEqual(gatesOf(expand({ environments }, OCCASIONS.branch)), onBranch, names);
    }
  });

  it('cannot be walked around by calling production an environment for development', () => {
    const both = { environments: [staging, { ...prod, production: true, development: true }] };
    for (const occasion of Object.values(OCCASIONS)) {
      assert.match(refusal(both, occasion), /^environment prod is both production and development, keep one/);
    }
  });

  for (const key of ['production', 'development']) {
    for (const value of ['yes', 'on', 'flase', ' true', '', null]) {
      it(`is not taken away by ${key}: ${JSON.stringify(value)}, which is neither true nor false`, () => {
        const environments = [staging, { ...prod, [key]: value }];
        assert.match(
          refusal({ environments }),
          new RegExp(`^environments\\.${key} is ${value ?? ''}, and it has to be one of True, False`),
        );
      });
    }
  }

  it('is not taken away by a key in other letters, which nothing would read', () => {
    const keys = /is not supported; \w+ has/;
    assert.match(refusal({ environments: [{ ...prod, Production: true }, staging] }), keys);
    assert.match(refusal({ environments: [{ ...staging, gates: { Promote: 'manual' } }, prod] }), keys);
    assert.match(refusal({ environments: [{ ...staging, Gates: { promote: 'manual' } }, prod] }), keys);
    assert.match(refusal({ environments: [staging, prod], gates: { PROMOTE: 'manual' } }), keys);
  });

  it('is manual in every run of every list of environments, unless somebody wrote otherwise', () => {
    const flag = fc.constantFrom(
      undefined,
      undefined,
      undefined,
      undefined,
      true,
      false,
      'True',
      'False',
      'true',
      'FALSE',
    );
    const gates = fc.constantFrom(undefined, undefined, {}, { promote: 'auto' }, { promote: 'manual' });
    const environment = fc.record({
      name: fc.constantFrom('prod', 'Prod', 'prod-2', 'x-prod', 'staging', 'dev'),
      production: flag,
      development: flag,
      gates,
    });
    const given = fc.record({
      environments: fc.uniqueArray(environment, { minLength: 1, maxLength: 4, selector: ({ name }) => name }),
      gates,
      operation: fc.constantFrom('auto', 'auto', 'development', 'staging', 'release'),
    });
    const { release, tag, ...others } = OCCASIONS;
    const occasion = fc.constantFrom(release, tag, release, tag, ...Object.values(others));
    let promoted = 0;
    fc.assert(
      fc.property(given, occasion, (raw, variables) => {
        const one = JSON.parse(JSON.stringify(raw)) as Given;
        const stages = expandedOrRefused(one, variables);
        if (typeof stages === 'string') {
          return;
        }
        const found = gatesOf(stages);
        const isPullRequest = variables['Build.Reason'] === 'PullRequest';
        assert.ok(!isPullRequest || Object.keys(found).length === 0, namesOf(stages).join());
        const isRelease =
          one.operation === 'release' ||
          (one.operation === 'auto' && /release|tags/.test(variables['Build.SourceBranch']));
        for (const { name, gates: own } of productionOf(one.environments)) {
          const gate = found[name.replace('-', '_')];
          promoted += gate === undefined ? 0 : 1;
          assert.ok(gate === undefined || isRelease, `${name} is promoted outside of a release`);
          const written = own?.['promote'] ?? one.gates?.['promote'];
          assert.ok(gate !== 'auto' || written === 'auto', `${name} is promoted without an approval`);
        }
      }),
      { seed: 23, numRuns: 250 },
    );
    assert.ok(promoted > 30, `${promoted} promotions of production were looked at`);
  });
});
