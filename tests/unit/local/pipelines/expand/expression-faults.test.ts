import { refuses } from '../../../../support/expand-pipeline';
import { PARAMETERS } from './expression-parameters';

/** Expressions that are refused, and what the error says. */
const FAULTS: readonly (readonly [expression: string, part: string | RegExp])[] = [
  ['1 == 1', /'==' is unexpected at position 3 of the expression '1 == 1'.*no operators/],
  ['true && false', "'&&' is unexpected at position 6"],
  ['!true', /'!true' is unexpected/],
  ['(true)', "'(' is unexpected at position 1"],
  ['1 2', "'2' is unexpected at position 3"],
  ['eq(1)', /'\)' is unexpected at position 5.*takes 2 parameters/],
  ['eq(1, 2, 3)', /',' is unexpected at position 8.*takes 2 parameters/],
  ['not()', /takes 1 parameter\./],
  ['and(true)', 'takes 2 or more parameters'],
  ['iif(true)', 'takes 3 parameters'],
  ["in('a')", 'takes 2 or more'],
  ["replace('a', 'b')", 'takes 3 parameters'],
  ['convertToJson()', 'takes 1 parameter'],
  ['coalesce(1)', 'takes 2 or more'],
  ['length(1, 2)', 'takes 1 parameter'],
  ['format()', 'takes 1 or more'],
  ['eq(1,', /ends too early|not closed/],
  ['eq(1', "The call of 'eq' at position 1 is not closed"],
  ['eq(1 2)', "'2' is unexpected at position 6"],
  ['eq', "'eq' is a function and wants '('"],
  ['', 'is empty'],
  ['parameters.', "missing after the last '.'"],
  ['parameters.9num', "'9num' is unexpected"],
  ['parameters.a-b', /'-b' is unexpected|unexpected at position 13/],
  ['parameters.o.list[]', "']' is unexpected"],
  ['parameters.o.list[0', /ends too early/],
  ['nosuch.a', "'nosuch' is unknown, at position 1"],
  ['nosuch(1)', "'nosuch' is unknown, at position 1"],
  ['nosuch(1) 2', "'2' is unexpected at position 11"],
  ['and(false, nosuch.x)', "'nosuch' is unknown, at position 12"],
  ['null', /'null' is unknown.*no literal for null/],
  ['eq(variables.a, NULL)', /no literal for null/],
  ['NaN', "'NaN' is unknown"],
  ['Infinity', "'Infinity' is unknown"],
  ['+1', "'+1' is unexpected"],
  ['1e3', "'1e3' is unexpected"],
  ['0x1F', "'0x1F' is unexpected"],
  ['1..2', "'1..2' is unexpected"],
  ['1.2.3.4.5', "'1.2.3.4.5' is unexpected"],
  ['-1.2.3', "'-1.2.3' is unexpected"],
  ['"double"', `'"double"' is unexpected`],
  ['dependencies.A.result', /'dependencies' is unknown.*only when the pipeline runs/],
  ['stageDependencies.A.B.result', /only when the pipeline runs/],
  ['resources.repositories.self.ref', /only when the pipeline runs/],
  ['pipeline.startTime', /only when the pipeline runs/],
  ['always()', /'always' is unknown.*only when the pipeline runs/],
  ['succeeded()', /only when the pipeline runs/],
  ["counter('a', 1)", /only when the pipeline runs/],
  ['parameters.noSuch', /There is no parameter 'noSuch'.*Declared are: o, same, s, n, b\./],
  ["lt(1, 'x')", "The String 'x' cannot be read as Number"],
  ["gt('a', parameters.o)", 'A mapping cannot be read as String'],
  ['gt(parameters.o, parameters.o)', 'A mapping cannot be read as Number'],
  ['lt(1.2.3, 2)', "The Number '2' cannot be read as Version"],
  ["iif(true, 'yes', lt(1, 'bad'))", 'cannot be read as Number'],
  ["contains(parameters.o.list, 'a')", 'A list cannot be read as String'],
  ['lower(parameters.o)', 'A mapping cannot be read as String'],
  ["join(',', parameters.o.deep)", 'A mapping cannot be read as Array'],
  ["format('{0}')", /uses \{0\}, and only 0 values are given/],
  ["format('{1}', 'a')", /uses \{1\}, and only 1 value is given/],
  ["format('{0', 'a')", "has a '{' without number"],
  ["format('{a}', 'a')", "has a '{' without number"],
  ["format('a}', 'a')", "has a '}' that closes nothing"],
  ["format('{0:yyyy}', 'a')", 'formats a date'],
  ["substring('abc', 2, 2)", "No part of 'abc' begins at 2"],
  ["substring('abc', 'x', 2)", "No part of 'abc' begins at x"],
  [`${'not('.repeat(50)}false${')'.repeat(50)}`, 'nests more than 50 levels'],
];

describe('expressions of templates that are wrong', () => {
  for (const [expression, part] of FAULTS) {
    it(`refuses ${expression.slice(0, 60)}`, () => {
      const value = JSON.stringify(`\${{ ${expression} }}`);
      refuses(`${PARAMETERS}${value}\n`, 'PIPELINE_EXPRESSION', `${PARAMETERS.split('\n').length}:8`, part);
    });
  }

  it('names the text that holds the expression, also in a block', () => {
    refuses(
      'steps:\n- script: |\n    echo a\n    echo ${{ nosuch }}\n',
      'PIPELINE_EXPRESSION',
      '2:11',
      "'nosuch' is unknown",
    );
  });
});
