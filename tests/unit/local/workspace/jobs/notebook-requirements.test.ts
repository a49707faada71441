import assert from 'node:assert/strict';
import { pipRequirements } from '../../../../../local/workspace/jobs/notebook-requirements';
import { readSource } from '../../../../../local/workspace/notebooks/source-format';

const required = (...cells: string[]) =>
  pipRequirements(
    readSource(`# Databricks notebook source\n${cells.join('\n# COMMAND ----------\n')}\n`, 'PYTHON'),
    '/a',
  );

describe('requirements of a notebook', () => {
  it('are those of %pip install in all cells of Python, without quiet flags', () => {
    assert.deepEqual(
      required(
        '# MAGIC %pip install -q "mlflow>=3" scikit-learn  # for the model',
        'x = 1\n# MAGIC %pip install -U b',
        '# MAGIC %md\n# MAGIC %pip install none',
        '# MAGIC %pip list',
        '# MAGIC %pip install -r requirements.txt c',
      ),
      ['mlflow>=3', 'scikit-learn', 'b', '-r requirements.txt', 'c'],
    );
  });

  it('have no option that would change what is installed', () => {
    assert.throws(() => required('x = 1', '# MAGIC %pip install --index-url x y'), /^.*\/a, cell 2: .*--index-url/);
  });
});
