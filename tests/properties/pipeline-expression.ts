import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ExpressionSyntaxError, parseExpression } from '../../local/pipelines/expand/expressions/parser';
import { type Expression, writeExpression } from '../../local/pipelines/expand/expressions/syntax';
import { templateVocabulary } from '../../local/pipelines/expand/expressions/vocabulary';

const NAMES = ['parameters', 'variables', 'item', 'pair'];
const VOCABULARY = templateVocabulary(new Set(['item', 'pair']));
const CALLS: readonly (readonly [name: string, least: number, most: number])[] = [
  ['and', 2, 4],
  ['eq', 2, 2],
  ['not', 1, 1],
  ['format', 1, 4],
  ['iif', 3, 3],
  ['coalesce', 2, 4],
  ['CONVERTTOJSON', 1, 1],
];

const literal: fc.Arbitrary<Expression> = fc
  .oneof(
    fc.boolean(),
    fc.integer({ min: -1_000_000, max: 1_000_000 }),
    fc.integer({ min: -1_000_000, max: 1_000_000 }).map((value) => value / 64),
    fc.string(),
    fc.string({ unit: fc.constantFrom("'", ' ', '}', ')', '[', '.', '*', 'a', '1') }),
    fc
      .array(fc.nat({ max: 2_147_483_647 }), { minLength: 3, maxLength: 4 })
      .map((parts) => ({ kind: 'version' as const, parts })),
  )
  .map((value) => ({ type: 'literal', value: value === 0 ? 0 : value }));

const name: fc.Arbitrary<Expression> = fc
  .constantFrom(...NAMES)
  .map((text) => ({ type: 'name', name: text, position: 0 }));

const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    literal,
    name,
    fc
      .constantFrom(...CALLS)
      .chain(([text, least, most]) =>
        fc
          .array(tie('expression'), { minLength: least, maxLength: most })
          .map((parameters): Expression => ({ type: 'call', name: text, position: 0, parameters })),
      ),
    fc
      .tuple(tie('expression'), fc.option(tie('expression'), { nil: undefined }))
      .map(([target, index]): Expression => ({ type: 'index', target, index })),
  ),
}));

/** Whatever an expression is, its text is read as the same expression again. */
export const expressionsReadBack = fc.property(expression, (written) => {
  const text = writeExpression(written);
  assert.deepEqual(withoutPositions(parseExpression(text, VOCABULARY)), withoutPositions(written), text);
});

/** Whatever text stands for an expression, it is read or refused with a sentence; nothing else happens. */
export const expressionTextIsReadOrRefused = fc.property(
  fc.oneof(
    fc.string(),
    fc
      .array(
        fc.constantFrom(
          'eq',
          '(',
          ')',
          ',',
          '.',
          '[',
          ']',
          '*',
          "'",
          '1',
          '1.2.3',
          '-',
          ' ',
          'parameters',
          'null',
          '!',
          '$',
        ),
      )
      .map((parts) => parts.join('')),
  ),
  (text) => {
    try {
      parseExpression(text, VOCABULARY);
    } catch (error) {
      assert.ok(error instanceof ExpressionSyntaxError, String(error));
      assert.ok(error.message.endsWith('.') && error.hint.length > 0, error.message);
    }
  },
);

function withoutPositions(node: Expression): unknown {
  return JSON.parse(JSON.stringify(node, (key, value: unknown) => (key === 'position' ? undefined : value)));
}
