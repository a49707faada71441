import assert from 'node:assert/strict';
import { environmentOf, refuses } from '../../../../support/expand-pipeline';

const PARAMETERS = `parameters:
- name: o
  type: object
  default:
    text: abc
    Camel: camel
    number: 5
    half: 0.5
    yes: true
    no: false
    nothing:
    quoted: '5'
    'dotted.name': dotted
    '1': one
    list: [a, B, 3]
    items:
    - {id: 7, tags: [x, y]}
    - {id: 8, tags: [z]}
    - {other: 1}
    deep: {first: {v: 1}, second: {v: 2}}
    empty: []
    none: {}
- name: same
  type: object
  default: [a, B, 3]
- name: s
  type: string
  default: Hello
- name: n
  type: number
  default: 4
- name: b
  type: boolean
  default: true
variables:
  MyVar: value
  My.Var: dotted
  empty: ''
  count: 12
steps:
- script: x
  env:
    V: `;

/** Expressions and the text that they give. */
const VALUES: Readonly<Record<string, readonly (readonly [expression: string, text: string])[]>> = {
  literals: [
    ['true', 'True'],
    ['False', 'False'],
    ['TRUE', 'True'],
    ['42', '42'],
    ['-1.25', '-1.25'],
    ['.5', '0.5'],
    ['1.', '1'],
    ['1.0', '1'],
    ['1000000', '1000000'],
    ['0', '0'],
    ['-0', '0'],
    ['1.2.3', '1.2.3'],
    ['1.2.3.4', '1.2.3.4'],
    ["'a b c'", 'a b c'],
    ["'It''s OK'", "It's OK"],
    ["''", ''],
    ["'${{'", '${{'],
    ["'}}'", '}}'],
    ["'# no comment'", '# no comment'],
  ],
  'parameters and variables': [
    ['parameters.s', 'Hello'],
    ["parameters['s']", 'Hello'],
    ['PARAMETERS.S', 'Hello'],
    ['parameters.n', '4'],
    ['parameters.b', 'True'],
    ['variables.MyVar', 'value'],
    ['variables.myvar', 'value'],
    ["variables['MYVAR']", 'value'],
    ["variables['My.Var']", 'dotted'],
    ['variables.My.Var', ''],
    ['variables.noSuch', ''],
    ['variables.count', '12'],
    ["variables['Build.Reason']", 'Manual'],
    ["variables['build.sourcebranch']", 'refs/heads/main'],
    ["variables['Build.SourceBranchName']", 'main'],
    ["variables['Build.BuildId']", ''],
    ["variables['System.HostType']", 'build'],
  ],
  'properties and indexes': [
    ['parameters.o.text', 'abc'],
    ["parameters.o['text']", 'abc'],
    ["parameters['o']['text']", 'abc'],
    ['parameters.o.Camel', 'camel'],
    ['parameters.o.camel', ''],
    ["parameters.o['dotted.name']", 'dotted'],
    ["parameters.o['1']", 'one'],
    ['parameters.o[1]', 'one'],
    ['parameters.o.noSuch', ''],
    ['parameters.o.noSuch.deeper', ''],
    ["parameters.o.noSuch['deeper']", ''],
    ['parameters.o.text.length', ''],
    ['parameters.o.list[0]', 'a'],
    ["parameters.o.list['1']", 'B'],
    ['parameters.o.list[1.9]', 'B'],
    ['parameters.o.list[-1]', ''],
    ['parameters.o.list[3]', ''],
    ["parameters.o.list['x']", ''],
    ['parameters.o.list[variables.noSuch]', 'a'],
    ['parameters.o.items[0].id', '7'],
    ['parameters.o.items[0].tags[1]', 'y'],
    ["split('a,b', ',')[1]", 'b'],
    ["parameters.o[format('{0}', 'text')]", 'abc'],
  ],
  filters: [
    ["join(';', parameters.o.items.*.id)", '7;8'],
    ["join(';', parameters.o.items[*].id)", '7;8'],
    ["join(';', parameters.o.items.*['id'])", '7;8'],
    ['length(parameters.o.items.*)', '3'],
    ["join(';', parameters.o.deep.*.v)", '1;2'],
    ["join(';', parameters.o.items.*.tags.*)", 'x;y;z'],
    ["join(';', parameters.o.items.*.tags[0])", 'x;z'],
    ["join(';', parameters.o.items.*.noSuch)", ''],
    ['length(parameters.o.items.*.noSuch)', '0'],
    ['parameters.o.text.*', ''],
    ['parameters.o.noSuch.*.id', ''],
    ["join(';', parameters.o.list.*)", 'a;B;3'],
  ],
  and: [
    ['and(true, true)', 'True'],
    ['and(true, false)', 'False'],
    ["and('x', 1, true)", 'True'],
    ["and('x', '', true)", 'False'],
    ["and(false, lt(1, 'x'))", 'False'],
  ],
  or: [
    ['or(false, true)', 'True'],
    ['or(false, 0)', 'False'],
    ["or(true, lt(1, 'x'))", 'True'],
    ["or('', 0, parameters.o)", 'True'],
  ],
  not: [
    ['not(true)', 'False'],
    ['not(0)', 'True'],
    ["not('')", 'True'],
    ["not('false')", 'False'],
    ['not(variables.noSuch)', 'True'],
    ['not(1.2.3)', 'False'],
    ['not(parameters.o.empty)', 'False'],
    ['not(parameters.o.none)', 'False'],
    ['not(parameters.o.no)', 'True'],
  ],
  xor: [
    ['xor(true, false)', 'True'],
    ['xor(false, true)', 'True'],
    ['xor(true, true)', 'False'],
    ["xor('', 0)", 'False'],
  ],
  'eq and ne': [
    ["eq('a', 'A')", 'True'],
    ["eq('a', 'b')", 'False'],
    ["eq('1', 1)", 'True'],
    ["eq(1, '1')", 'True'],
    ["eq(1000, '1,000')", 'True'],
    ["eq(.5, '0.5')", 'True'],
    ["eq(1, 'x')", 'False'],
    ["eq(true, 'false')", 'True'],
    ["eq('true', true)", 'True'],
    ["eq('false', false)", 'True'],
    ["eq('', false)", 'False'],
    ['eq(true, 1)', 'True'],
    ['eq(1, true)', 'True'],
    ["eq(variables.noSuch, '')", 'True'],
    ["eq('', variables.noSuch)", 'True'],
    ['eq(0, variables.noSuch)', 'True'],
    ['eq(variables.noSuch, 0)', 'False'],
    ["eq(1.2.3, '1.2.3')", 'True'],
    ["eq(1.2.0, '1.2')", 'False'],
    ["eq('1.2.3', 1.2.3)", 'True'],
    ['eq(2, 1.2.3)', 'False'],
    ['eq(parameters.o, parameters.o)', 'True'],
    ['eq(parameters.o.list, parameters.o.list)', 'True'],
    ['eq(parameters.o.list, parameters.same)', 'False'],
    ["eq('a', parameters.o)", 'False'],
    ['eq(parameters.b, true)', 'True'],
    ["eq(parameters.b, 'true')", 'True'],
    ["eq(parameters.o.yes, 'true')", 'True'],
    ['eq(parameters.o.no, false)', 'True'],
    ["eq(parameters.o.nothing, '')", 'True'],
    ['eq(parameters.o.quoted, 5)', 'True'],
    ["ne('a', 'A')", 'False'],
    ["ne(1, 'x')", 'True'],
    ["ne(1, '1')", 'False'],
  ],
  order: [
    ['gt(2, 1)', 'True'],
    ["gt(10, '9')", 'True'],
    ["gt('10', 9)", 'False'],
    ['ge(2, 2)', 'True'],
    ['ge(1, 2)', 'False'],
    ['lt(1, 2)', 'True'],
    ["lt('a', 'B')", 'True'],
    ["lt('b', 'A')", 'False'],
    ["le('a', 'A')", 'True'],
    ['le(3, 2)', 'False'],
    ['gt(1.10, 1.9)', 'False'],
    ['gt(1.10.0, 1.9.0)', 'True'],
    ["lt(1.2.0, '1.3')", 'True'],
    ['lt(1.2.0, 1.3)', 'True'],
    ['lt(false, true)', 'True'],
    ['gt(true, 0)', 'True'],
  ],
  'in and notIn': [
    ["in('B', 'A', 'B', 'C')", 'True'],
    ["in('b', 'A', 'B')", 'True'],
    ["in('D', 'A', 'B')", 'False'],
    ["in(1, 'x', '1')", 'True'],
    ["in('a', 'A', lt(1, 'x'))", 'True'],
    ["notIn('D', 'A', 'B')", 'True'],
    ["NOTIN('a', 'A')", 'False'],
    ["notIn(variables.noSuch, 'A')", 'True'],
  ],
  contains: [
    ["contains('ABCDE', 'bcd')", 'True'],
    ["contains('ABCDE', '')", 'True'],
    ["contains('ABCDE', 'x')", 'False'],
    ['contains(12345, 34)', 'True'],
    ["contains(true, 'ru')", 'True'],
    ["contains(variables.noSuch, 'x')", 'False'],
  ],
  containsValue: [
    ["containsValue(parameters.o.list, 'b')", 'True'],
    ["containsValue(parameters.o.list, 'x')", 'False'],
    ['containsValue(parameters.o.list, 3)', 'True'],
    ["containsValue(parameters.o, 'CAMEL')", 'True'],
    ["containsValue(parameters.o, 'Camel2')", 'False'],
    ["containsValue('abc', 'abc')", 'False'],
    ["containsValue(split('a,b', ','), 'B')", 'True'],
    ["containsValue(parameters.o.empty, '')", 'False'],
  ],
  'startsWith and endsWith': [
    ["startsWith('AbCdE', 'ab')", 'True'],
    ["startsWith('AbCdE', 'de')", 'False'],
    ["startsWith(12345, '123')", 'True'],
    ["startsWith(variables['Build.SourceBranch'], 'refs/heads/')", 'True'],
    ["endsWith('AbCdE', 'DE')", 'True'],
    ["endsWith('AbCdE', 'ab')", 'False'],
    ["endsWith('a', '')", 'True'],
  ],
  coalesce: [
    ["coalesce('', 'b')", 'b'],
    ["coalesce(variables.noSuch, '', 'c')", 'c'],
    ["coalesce(false, 'b')", 'False'],
    ["coalesce(0, 'b')", '0'],
    ["coalesce('', '')", ''],
    ["coalesce('hit', lt(1, 'x'))", 'hit'],
    ['coalesce(parameters.o.noSuch, parameters.s)', 'Hello'],
  ],
  iif: [
    ["iif(true, 'yes', 'no')", 'yes'],
    ["iif(false, 'yes', 'no')", 'no'],
    ["iif('', 1, 2)", '2'],
    ["iif(eq(parameters.s, 'HELLO'), 'same', 'other')", 'same'],
  ],
  format: [
    ["format('Hello {0} {1}', 'John', 'Doe')", 'Hello John Doe'],
    ["format('{1}-{0}-{1}', 'A', 'B')", 'B-A-B'],
    ["format('{{{0}}} {{ and }}', 'x')", '{x} { and }'],
    ["format('plain')", 'plain'],
    ["format('{0}', true)", 'True'],
    ["format('{0}', 1.50)", '1.5'],
    ["format('{0}', variables.noSuch)", ''],
    ["format('{0}', 1.2.3)", '1.2.3'],
    ["format('{0}', 'a', lt(1, 'x'))", 'a'],
    ['format(12)', '12'],
  ],
  join: [
    ["join(';', parameters.o.list)", 'a;B;3'],
    ["join('', parameters.o.list)", 'aB3'],
    ["join(';', parameters.o.empty)", ''],
    ["join('-', 12)", '12'],
    ["join('-', 'abc')", 'abc'],
    ["join(';', parameters.o.items)", ';;'],
    ["join(0, split('a b', ' '))", 'a0b'],
  ],
  split: [
    ["join('|', split('a,b,c', ','))", 'a|b|c'],
    ["join('|', split('a,b;c,,', ',;'))", 'a,b;c,,'],
    ["join('|', split('a,,c', ','))", 'a||c'],
    ["length(split('', ','))", '1'],
    ["join('|', split('abc', ''))", 'abc'],
    ["join('|', split(123, 2))", '1|3'],
  ],
  replace: [
    ["replace('AaA', 'a', 'x')", 'AxA'],
    ["replace('abc', '', 'x')", 'abc'],
    ["replace('aaa', 'a', '')", ''],
    ["replace('a.b.c', '.', '-')", 'a-b-c'],
    ['replace(121, 1, 3)', '323'],
    ["replace('a$1', 'a', '$&')", '$&$1'],
  ],
  'lower, upper and trim': [
    ["lower('FOO Bar')", 'foo bar'],
    ["upper('bAh')", 'BAH'],
    ["upper('äbc')", 'ÄBC'],
    ['lower(true)', 'true'],
    ["trim('  variable  ')", 'variable'],
    ['trim(12)', '12'],
  ],
  length: [
    ["length('fabrikam')", '8'],
    ["length('')", '0'],
    ['length(parameters.o.list)', '3'],
    ['length(parameters.o.deep)', '2'],
    ['length(parameters.o.empty)', '0'],
    ['length(12345)', '5'],
  ],
  substring: [
    ["substring('abcdef', 2, 3)", 'cde'],
    ["substring('abc', 0, 3)", 'abc'],
    ["substring('abc', 3, 0)", ''],
    ["substring('abc', '1', '1')", 'b'],
  ],
  convertToJson: [
    ["convertToJson('text')", '"text"'],
    ['convertToJson(5)', '5'],
    ['convertToJson(true)', 'true'],
    ['convertToJson(variables.noSuch)', 'null'],
    ["convertToJson('a\"b')", '"a\\"b"'],
    ['convertToJson(1.2.3)', '"1.2.3"'],
    ['convertToJson(parameters.o.empty)', '[]'],
    ['convertToJson(parameters.o.none)', '{}'],
    ['convertToJson(parameters.o.items[1])', '{\n  "id": 8,\n  "tags": [\n    "z"\n  ]\n}'],
    ['convertToJson(parameters.same)', '[\n  "a",\n  "B",\n  3\n]'],
    ['length(convertToJson(parameters.o.nothing))', '2'],
  ],
  form: [
    ['EQ(1, 1)', 'True'],
    ['eq (1, 1)', 'True'],
    ['  eq(  1  ,1 )  ', 'True'],
    ["containsVALUE(parameters.same,'b')", 'True'],
    ["format('{0}}}', '}}')", '}}}'],
  ],
};

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

describe('expressions of templates', () => {
  for (const [group, cases] of Object.entries(VALUES)) {
    describe(group, () => {
      for (const [expression, text] of cases) {
        it(`${expression} is ${JSON.stringify(text)}`, () => {
          const value = JSON.stringify(`\${{ ${expression} }}`);
          assert.deepEqual(environmentOf(`${PARAMETERS}${value}\n`), { V: text });
        });
      }
    });
  }

  it('nests 50 levels, and any number of properties', () => {
    const nested = `${'not('.repeat(49)}false${')'.repeat(49)}`;
    assert.deepEqual(environmentOf(`${PARAMETERS}\${{ ${nested} }}\n`), { V: 'True' });
    assert.deepEqual(environmentOf(`${PARAMETERS}\${{ parameters.o${'.a'.repeat(60)} }}\n`), { V: '' });
  });

  describe('faults', () => {
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
});
