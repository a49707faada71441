import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assertAgreesWithScipy, type ScipyReference } from './scipy-cases';

const reference = JSON.parse(
  readFileSync(join(__dirname, 'fixtures', 'scipy-bootstrap.json'), 'utf8'),
) as ScipyReference;

describe('metrics and paired bootstrap beside scikit-learn and SciPy', () => {
  for (const scipyCase of reference.cases) {
    it(`agree on ${scipyCase.name}`, () => assertAgreesWithScipy(reference, scipyCase));
  }
});
