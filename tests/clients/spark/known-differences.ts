import type { GivenRows } from './comparison';

type Outcome = Pick<GivenRows, 'rows'> | { readonly error: string };

/** A statement on which the two sides part, with what each gives. A test fails when one of them gives something else. */
export interface KnownDifference {
  readonly statement: string;
  readonly reason: string;
  readonly local: Outcome;
  readonly spark: Outcome;
}

const BY_CONDITIONS =
  'Two rows of the source match one of the target by ON, but no more than one by the condition of WHEN: Databricks Runtime 16.1 and later take that, Delta 4.0 looks at ON alone.';
const SEVERAL = 'DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE';
const UNNAMED = 'The parser of Spark 4.0 has no name for this error of syntax, only a number.';

/** Statements on two tables of their own, after {@link DIFFERENCES_SETUP}, and some of the corpus. */
export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    statement: "MERGE INTO one USING two ON one.id = two.id WHEN MATCHED AND two.v = 'nobody' THEN DELETE",
    reason: BY_CONDITIONS,
    local: { rows: [['0', '0', '0', '0']] },
    spark: { error: SEVERAL },
  },
  {
    statement: "MERGE INTO one USING two ON one.id = two.id WHEN MATCHED AND two.v = 'b' THEN UPDATE SET *",
    reason: BY_CONDITIONS,
    local: { rows: [['1', '1', '0', '0']] },
    spark: { error: SEVERAL },
  },
  {
    statement: 'SELECT v FROM one',
    reason: 'The merge before was done on one side only.',
    local: { rows: [['b']] },
    spark: { rows: [['a']] },
  },
  {
    statement: 'MERGE INTO t USING s ON t.id = s.id WHEN NOT MATCHED THEN INSERT (id, a) VALUES (s.id)',
    reason: UNNAMED,
    local: { error: 'PARSE_SYNTAX_ERROR' },
    spark: { error: '_LEGACY_ERROR_TEMP_0006' },
  },
  {
    statement: "ALTER TABLE t SET TBLPROPERTIES ('x')",
    reason: UNNAMED,
    local: { error: 'PARSE_SYNTAX_ERROR' },
    spark: { error: '_LEGACY_ERROR_TEMP_0035' },
  },
];

/** Makes the tables of the differences that no other test has. */
export const DIFFERENCES_SETUP: readonly string[] = [
  'CREATE TABLE one (id INT, v STRING)',
  "INSERT INTO one VALUES (1, 'a')",
  'CREATE TABLE two (id INT, v STRING)',
  "INSERT INTO two VALUES (1, 'b'), (1, 'c')",
];
