import assert from 'node:assert/strict';
import { startTestWorkspace, type TestWorkspace } from '../support/local-workspace';
import { runPythonClient } from '../support/python-client';

/** A cross join that would take hours. */
const ENDLESS = `SELECT count(*) FROM ${Array.from({ length: 5 }, (_, index) => `dev.line.numbers AS m${index}`).join(', ')} WHERE ${Array.from({ length: 5 }, (_, index) => `m${index}.n`).join(' + ')} < 0`;

describe('SQL by the unmodified Databricks SDK for Python', function () {
  this.timeout(600_000);
  let workspace: TestWorkspace;
  let seen: Record<string, unknown>;

  before(async () => {
    workspace = await startTestWorkspace();
    seen = await runPythonClient('databricks_sql.py', [ENDLESS], {
      DATABRICKS_HOST: workspace.url,
      DATABRICKS_TOKEN: workspace.token,
    });
  });
  after(() => workspace?.stop());

  it('makes a schema and tables, and inserts 10 000 rows from a query', () => {
    assert.deepEqual(seen.prepare, [['10000', '10000']]);
  });

  it('reads an inline result with the types of its columns', () => {
    assert.deepEqual(seen.inline, {
      state: 'SUCCEEDED',
      columns: [
        ['n', 'LONG', 'BIGINT', 0],
        ['t', 'STRING', 'STRING', 1],
      ],
      rows: [
        ['0', 'row 0'],
        ['1', 'row 0'],
      ],
      counts: [2, 1, false],
      format: 'JSON_ARRAY',
    });
  });

  it('reads 10 000 rows by chunks, and is told that there is no chunk 99', () => {
    assert.deepEqual(seen.chunks, {
      rows: true,
      indexes: [0, 1],
      manifest: [
        [0, 0, 5000],
        [1, 5000, 5000],
      ],
      beyond: ['NotFound', 'NOT_FOUND'],
    });
  });

  it('reads them by links as JSON, without its token', () => {
    assert.deepEqual(seen.json_links, {
      header: null,
      rows: true,
      last: ['9999', 'row 9'],
      bytes: true,
      format: 'JSON_ARRAY',
    });
  });

  it('reads them by links as CSV, of which the first chunk has the header', () => {
    assert.deepEqual(seen.csv_links, {
      header: ['n', 't'],
      rows: true,
      last: ['9999', 'row 9'],
      bytes: true,
      format: 'CSV',
    });
  });

  it('cuts results off by rows and by bytes', () => {
    assert.deepEqual(seen.limits, { rows: [3, true], bytes: [true, true] });
  });

  it('binds parameters of every type, and NULL', () => {
    assert.deepEqual(seen.parameters, [
      ["it's", '-5', '9007199254740993', '0.1', 'true', '2026-01-31', '2026-01-31T08:00:00.000Z', '1.01', null],
    ]);
  });

  it('sees failures of statements by state, code, class and SQLSTATE', () => {
    assert.deepEqual(seen.failures, {
      missing: ['FAILED', 'BAD_REQUEST', 'TABLE_OR_VIEW_NOT_FOUND', '42P01'],
      syntax: ['FAILED', 'BAD_REQUEST', 'PARSE_SYNTAX_ERROR', '42601'],
      column: ['FAILED', 'BAD_REQUEST', 'UNRESOLVED_COLUMN.WITH_SUGGESTION', '42703'],
      division: ['FAILED', 'BAD_REQUEST', 'DIVIDE_BY_ZERO', '22012'],
      cast: ['FAILED', 'BAD_REQUEST', 'CAST_INVALID_INPUT', '22018'],
      unbound: ['FAILED', 'BAD_REQUEST', 'UNBOUND_SQL_PARAMETER', '42P02'],
      exists: ['FAILED', 'ALREADY_EXISTS', 'TABLE_OR_VIEW_ALREADY_EXISTS', '42P07'],
    });
  });

  it('waits, polls and cancels', () => {
    assert.deepEqual(seen.waiting, {
      asynchronous: [['1']],
      canceled: 'CANCELED',
      going: 'RUNNING',
      ended: 'CANCELED',
      again: 'SUCCEEDED',
    });
  });

  it('maps what is not accepted to its error classes', () => {
    assert.deepEqual(seen.refused, {
      warehouse: ['InvalidParameterValue', 'INVALID_PARAMETER_VALUE'],
      wait: ['InvalidParameterValue', 'INVALID_PARAMETER_VALUE'],
      arrow: ['InvalidParameterValue', 'INVALID_PARAMETER_VALUE'],
      csv: ['InvalidParameterValue', 'INVALID_PARAMETER_VALUE'],
      statement: ['NotFound', 'NOT_FOUND'],
      cancel: ['NotFound', 'NOT_FOUND'],
      table: ['NotFound', 'TABLE_DOES_NOT_EXIST'],
      found: ['ResourceDoesNotExist', 'RESOURCE_DOES_NOT_EXIST'],
    });
  });

  it('merges, updates, deletes and travels back', () => {
    assert.deepEqual(seen.changes, {
      merge: [['2', '1', '1', '0']],
      update: [['1']],
      delete: [['9997']],
      rows: [
        ['1', 'one'],
        ['9999', 'last'],
      ],
      before: [['10000']],
      identifier: [['2']],
      history: [
        ['4', 'DELETE'],
        ['3', 'UPDATE'],
        ['2', 'MERGE'],
        ['1', 'WRITE'],
        ['0', 'CREATE TABLE'],
      ],
    });
  });

  it('cannot take rows from a table that is for appends only', () => {
    assert.deepEqual(seen.append_only, ['FAILED', 'DELTA_CANNOT_MODIFY_APPEND_ONLY', [['3']]]);
  });

  it('describes tables by Unity Catalog and by SQL', () => {
    assert.deepEqual(seen.described, {
      table: [
        'dev.line.numbers',
        'numbers',
        [
          ['n', 'LONG'],
          ['t', 'STRING'],
        ],
      ],
      listed: ['digits', 'numbers'],
      describe: [
        ['n', 'bigint', null],
        ['t', 'string', null],
      ],
      properties: [['delta.appendOnly', 'true']],
    });
  });

  it('stops and starts the warehouse with its waiters, and wakes it by a statement', () => {
    assert.deepEqual(seen.warehouses, {
      listed: [[true, 'Local warehouse']],
      states: ['STOPPED', 'RUNNING', 'HEALTHY'],
      woken: ['PENDING', 'SUCCEEDED', 'RUNNING'],
    });
  });

  it('permits groups to use the warehouse', () => {
    assert.deepEqual(seen.permissions, {
      ml: ['CAN_USE'],
      levels: ['CAN_MANAGE', 'CAN_MONITOR', 'CAN_USE', 'CAN_VIEW', 'IS_OWNER'],
    });
  });

  it('keeps saved queries', () => {
    assert.deepEqual(seen.queries, ['TRASHED', 'counted', 'SELECT 1', ['counted'], []]);
  });
});
