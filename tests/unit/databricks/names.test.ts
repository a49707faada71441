import assert from 'node:assert/strict';
import { quoteIdentifier, quoteName } from '../../../src/databricks/names';

describe('names as SQL identifiers', () => {
  it('are quoted level by level, of one level as a whole', () => {
    assert.equal(quoteName('prod.ml.churn'), '`prod`.`ml`.`churn`');
    assert.equal(quoteIdentifier('amount.eur'), '`amount.eur`');
  });

  it('have no backtick that ends them', () => {
    assert.equal(quoteIdentifier('a`; DROP TABLE b; --'), '`a``; DROP TABLE b; --`');
    assert.equal(quoteName('a`.`b'), '`a```.```b`');
  });
});
