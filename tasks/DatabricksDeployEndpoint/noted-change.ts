import type { Host } from '../../src/agent/host';
import { parseJson, stringifyJson } from '../../src/json';
import type { ChangeUnderWay } from './cancel-decision';

const CHANGE_VARIABLE = 'databricksMlopsEndpointChange';

/** Notes a change of an endpoint that is not yet proven good, for the post-job phase. */
export function rememberChange(host: Host, { config, former, formerVersion }: ChangeUnderWay): void {
  host.setTaskVariable(CHANGE_VARIABLE, stringifyJson({ config, former, formerVersion }));
}

/** The change is proven, or was taken back, or its failure was reported. */
export function forgetChange(host: Host): void {
  host.setTaskVariable(CHANGE_VARIABLE, '');
}

/** What {@link rememberChange} noted and nothing forgot. */
export function notedChange(host: Host): ChangeUnderWay | undefined {
  const noted = host.taskVariable(CHANGE_VARIABLE) ?? '';
  return noted === '' ? undefined : (parseJson(noted) as ChangeUnderWay);
}
