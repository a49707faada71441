import { parseArgs } from 'node:util';
import { CommandError } from '../commands/command-error';

export const DEMO_USAGE = `npm run demo -- [--quick] [--help]

  Runs the pipeline of samples/diabetes on this machine, from a push to main over releases with an approval to a served answer, a refusal and a
  rollback. The runs with their pages: .mlops/demo, in place of those of the demo before. --quick: one release.
`;

/** What the demo was asked for. */
export interface DemoOptions {
  readonly quick: boolean;
  readonly help: boolean;
}

/**
 * Reads the options of the demo.
 * @throws CommandError for an option or argument that the demo does not know
 */
export function readDemoOptions(args: readonly string[]): DemoOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { quick: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
    return { quick: values.quick === true, help: values.help === true };
  } catch (error) {
    throw new CommandError(`${(error as Error).message}\n\n${DEMO_USAGE}`);
  }
}
