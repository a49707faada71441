import { faultRows } from './fault-rows';
import { openCheckScene } from './scenes/check-scene';

/** Requests whose 403 is what the check looks for: it names right, object and command. */
const RIGHTS =
  /\/scim\/v2\/Me$|\/unity-catalog\/(catalogs|schemas|models|effective-permissions)\/|\/permissions\/|\/sql\/statements/;

describe('DatabricksCheckConnection × faults', () => {
  // A check that does not pass is the step's failure, whatever stopped it; its sentence names the fault.
  faultRows(() => openCheckScene(), {
    requests: 12,
    // The second check that looks at the catalog looks for other rights.
    code: ({ code }, { path, earlier }) =>
      code === 'PERMISSION_DENIED' && RIGHTS.test(path) && !(path.includes('/catalogs/') && earlier > 0)
        ? ['CONNECTION_CHECK_FAILED', 'To mend it: ']
        : ['CONNECTION_CHECK_FAILED'],
  });
});
