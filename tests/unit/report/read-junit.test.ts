import assert from 'node:assert/strict';
import { NotJUnit, readJUnit } from '../../../src/report/read-junit';

const shown = (text: string) =>
  readJUnit(text).map(({ suite, name, outcome, message }) => [suite, name, outcome, message]);

describe('readJUnit', () => {
  it('reads suites within suites, and what failed, in attributes, text and CDATA', () => {
    const text = `<?xml version="1.0" encoding="utf-8"?><!-- by a <testsuite> writer -->
      <testsuites name="all"><testsuite name="outer" failures="1" errors="1">
        <testcase classname="a.B" name="passes" time="1,000.25"/>
        <testsuite name="inner"><testcase name="skips"><skipped message="not now"/></testcase></testsuite>
        <testcase name="fails"><failure message="1 &lt; 0">1 &lt; 0, line 3</failure></testcase>
        <testcase name="breaks"><error message="lost"><![CDATA[at <module>]]></error></testcase>
      </testsuite></testsuites>`;
    assert.deepEqual(shown(text), [
      ['a.B', 'passes', 'passed', ''],
      ['outer', 'fails', 'failed', '1 < 0, line 3'],
      ['outer', 'breaks', 'failed', 'lost\nat <module>'],
      ['inner', 'skips', 'skipped', 'not now'],
    ]);
    assert.equal(readJUnit(text)[0]?.milliseconds, 1_000_250);
  });

  it('has no test in an empty result', () => {
    assert.deepEqual(
      ['<testsuites/>', '<testsuites></testsuites>', '<testsuite tests="0" errors="0"/>'].map(readJUnit),
      [[], [], []],
    );
  });

  it('takes a suite that counts failures and shows none for failed', () => {
    const broken = '<testsuites><testsuite name="s" tests="2" errors="1"><testcase name="a"/></testsuite></testsuites>';
    assert.deepEqual(shown(broken), [
      ['s', 'a', 'passed', ''],
      ['s', 'testsuite', 'failed', 'It counts 1 failures and errors, but shows none.'],
    ]);
    assert.equal(shown('<testsuites name="all" failures="3"/>').length, 1);
  });

  it('refuses what is no JUnit XML, and a document type wherever it stands', () => {
    const billion = '<!DOCTYPE t [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]>';
    for (const text of [
      '',
      'plain text',
      '{"tests": 1}',
      '<html><body/></html>',
      '<testsuites>',
      '<testsuite><testcase></testsuite>',
      '<testsuite/><testsuite/>',
      '<testsuite name="&unknown;"/>',
      `${billion}<testsuite name="&b;"/>`,
      `<!-- <testsuite> -->${billion}<testsuite name="n"/>`,
      `${'<testsuite>'.repeat(200_000)}${'</testsuite>'.repeat(200_000)}`,
    ]) {
      assert.throws(() => readJUnit(text), NotJUnit, text.slice(0, 80));
    }
  });

  it('says in one line where a file is broken', () => {
    assert.throws(
      () => readJUnit('<testsuite>\n<testcase'),
      (error: NotJUnit) => /line 2, column/.test(error.message) && !error.message.includes('\n'),
    );
  });
});
