import { runPythonClient } from '../support/python-client';
import { assertAgreesWithScipy, type ScipyReference } from '../unit/evaluation/scipy-cases';

describe('paired bootstrap beside SciPy and scikit-learn as installed', function () {
  this.timeout(600_000);

  for (const seed of [1, 2]) {
    it(`agrees on data of seed ${seed}`, async () => {
      const printed: unknown = await runPythonClient('bootstrap_reference.py', [String(seed), '20000'], {});
      const reference = printed as ScipyReference;
      for (const scipyCase of reference.cases) {
        assertAgreesWithScipy(reference, scipyCase);
      }
    });
  }
});
