import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { equal } from '../../../local/pipelines/expand/expressions/compare';
import { parseExpression } from '../../../local/pipelines/expand/expressions/parser';
import type { Expression } from '../../../local/pipelines/expand/expressions/syntax';
import { templateVocabulary } from '../../../local/pipelines/expand/expressions/vocabulary';
import { expandTemplate, namesOf, OCCASIONS, PROJECT } from '../../support/templates';

/** Functions that give a boolean, whose value a key of an object then has. */
const GIVES_BOOLEAN = /^(?:and|contains|containsvalue|endswith|eq|ge|gt|in|le|lt|ne|not|notin|or|startswith|xor)$/;
/** Functions that take each argument for true or false, and how many of them from the first. */
const TESTS: Readonly<Record<string, number>> = { and: Infinity, or: Infinity, not: 1, xor: 2, iif: 1 };
const EXPRESSION = /\$\{\{\s*((?:'[^']*'|[^'}]|\}(?!\}))*?)\s*\}\}/g;

interface Template {
  readonly file: string;
  readonly text: string;
}

const TEMPLATES: readonly Template[] = readdirSync(join(PROJECT, 'templates'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yml'))
  .map((file) => ({ file, text: readFileSync(join(PROJECT, 'templates', file), 'utf8') }));

function read(source: string): Expression {
  const everyName = { ...templateVocabulary(new Set()), knowsName: () => true };
  return parseExpression(source, everyName);
}

/** `if x` and `elseif x` test x; `each a in x` and `x` do not. */
function expressionsOf(text: string): readonly { readonly expression: Expression; readonly tested: boolean }[] {
  return [...text.matchAll(EXPRESSION)].flatMap(([, body = '']) => {
    const [, word = '', rest = body] = /^(if|elseif|each \w+ in)\s+(.*)$/s.exec(body) ?? [];
    return /^(?:else|insert)$/.test(body) ? [] : [{ expression: read(rest), tested: /if$/.test(word) }];
  });
}

/** Last names of the members that an expression tests for true or false as they are. */
function testedMembers(expression: Expression, tested: boolean): readonly string[] {
  if (expression.type === 'call') {
    const asConditions = TESTS[expression.name.toLowerCase()] ?? 0;
    return expression.parameters.flatMap((parameter, index) => testedMembers(parameter, index < asConditions));
  }
  if (expression.type === 'index' && tested && expression.index?.type === 'literal') {
    const ofParameters = expression.target.type === 'name' && expression.target.name === 'parameters';
    return [`${ofParameters ? 'parameters.' : ''}${String(expression.index.value)}`];
  }
  return [];
}

/** Keys of objects that the templates write as booleans. */
function booleanKeys(text: string): readonly string[] {
  return [...text.matchAll(/^\s*(?:- )?(\w+): (?:(true|false)|\$\{\{\s*(\w+)\(.*\}\})\s*$/gm)]
    .filter(([, , plain, call = '']) => plain !== undefined || GIVES_BOOLEAN.test(call.toLowerCase()))
    .map(([, key = '']) => key);
}

/** Keys of objects that users write as booleans, in the templates' words. */
const WRITTEN_BY_USERS = ['production', 'development', 'scaleToZero'];

/** `parameters.x` declared as boolean: the platform makes these true or false, whatever they come from. */
function declaredBooleans(text: string): readonly string[] {
  const { parameters = [] } = parse(text, { uniqueKeys: false }) as {
    parameters?: readonly { name: string; type: string }[];
  };
  return parameters.filter(({ type }) => type === 'boolean').map(({ name }) => `parameters.${name}`);
}

describe('booleans in object parameters of the templates', () => {
  const keys = new Set([...TEMPLATES.flatMap(({ text }) => booleanKeys(text)), ...WRITTEN_BY_USERS]);

  it('are these at least', () => {
    for (const key of ['production', 'development', 'hasConnection', 'isFork']) {
      assert.ok(keys.has(key), [...keys].join(', '));
    }
  });

  it('are never tested as they are: handed on as text, False would be true', () => {
    let looked = 0;
    for (const { file, text } of TEMPLATES) {
      const declared = declaredBooleans(text);
      for (const { expression, tested } of expressionsOf(text)) {
        for (const member of testedMembers(expression, tested)) {
          looked += 1;
          const bare = keys.has(member.replace('parameters.', '')) && !declared.includes(member);
          assert.ok(!bare, `${file} tests ${member}: write eq(…, true)`);
        }
      }
    }
    assert.ok(looked > 10, `${looked} members are tested`);
  });

  it('are compared the same as text and as boolean', () => {
    for (const [value, expected] of [
      [true, true],
      ['True', true],
      ['true', true],
      [false, false],
      ['False', false],
      ['false', false],
      ['', false],
      [null, false],
    ] as const) {
      assert.equal(equal(value, true), expected, JSON.stringify(value));
    }
  });

  for (const operation of ['development', 'staging', 'release']) {
    it(`give the same stages of ${operation} as text and as boolean`, () => {
      const asText = namesOf(stagesFor(operation, (value) => (value ? 'True' : 'False')));
      assert.deepEqual(asText, namesOf(stagesFor(operation, (value) => value)));
      const of = { development: ['dev'], staging: ['staging'], release: ['staging', 'prod'] }[operation];
      assert.deepEqual(
        asText.filter((name) => name.startsWith('train_')),
        of?.map((name) => `train_${name}`),
      );
    });
  }

  it('give the same purpose of endpoints as text and as boolean', () => {
    for (const written of [(value: boolean) => value, (value: boolean) => (value ? 'True' : 'False')]) {
      const text = JSON.stringify(stagesFor('release', written));
      assert.deepEqual(
        [...text.matchAll(/"endpoint":"([^"]*)","purpose":"([^"]*)"/g)].map(([, endpoint, purpose]) => [
          endpoint,
          purpose,
        ]),
        [
          ['progression-staging', 'test'],
          ['progression', 'customers'],
        ],
      );
    }
  });

  it('give the same warning of pull requests as text and as boolean', () => {
    const withConnection = (hasConnection: unknown) =>
      namesOf(stagesFor('pullRequest', (value) => value, hasConnection));
    assert.deepEqual(withConnection('False'), ['unit']);
    assert.deepEqual(withConnection(false), ['unit']);
    assert.deepEqual(withConnection('True'), ['unit', 'integration', 'integration_verdict']);
    assert.deepEqual(withConnection(true), withConnection('True'));
  });
});

/** What operation.yml gives for the normal form of three environments, with its booleans written by `written`. */
function stagesFor(operation: string, written: (value: boolean) => unknown, hasConnection: unknown = written(true)) {
  const pool = { vmImage: 'ubuntu-latest' };
  const connection = { databricksConnection: 'dbx' };
  return expandTemplate(
    'templates/stages/operation.yml',
    {
      operation,
      environments: [
        { name: 'dev', development: written(true), production: written(false), promoteGate: 'auto' },
        { name: 'staging', development: written(false), production: written(false), promoteGate: 'auto' },
        { name: 'prod', development: written(false), production: written(true), promoteGate: 'manual' },
      ].map((environment) => ({
        ...environment,
        key: environment.name,
        catalog: environment.name,
        evaluateGate: 'auto',
        modelEnvironment: `models-${environment.name}`,
        warehouse: '',
        pool,
        deployment: '',
        variables: {},
        connections: { read: connection, run: connection, promote: connection, serve: connection },
      })),
      flow: {
        project: 'diabetes',
        models: [
          {
            key: '',
            step: 'register',
            artifactKey: '',
            schema: 'diabetes',
            name: 'progression',
            policyFile: 'policy.yml',
            predictions: '',
            deployment: '',
            jobs: '',
          },
        ],
        pullRequest: { hasConnection, connection, environment: 'pr', forks: 'ask', isFork: written(false), pool },
        python: {},
        deployment: { mode: 'online', endpoint: 'progression' },
        pool,
        jobParameters: { commit: 'c' },
      },
    },
    OCCASIONS.push,
  );
}
