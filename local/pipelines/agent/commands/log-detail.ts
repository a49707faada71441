import type { LoggingCommand } from '../../logging-command';
import type { StepRun } from '../step-run';
import { requiredProperty } from './command';

const GUID = /^\{?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}\}?$/i;
const EMPTY = '0'.repeat(32);

/**
 * A record of its own in the timeline. It is checked as the agent checks it: a record is made with name and type, below one that exists,
 * and stays there. A run of this machine shows no such records.
 */
export function logDetail(step: StepRun, command: LoggingCommand): void {
  const { details } = step.job;
  const id = guid(requiredProperty(command, 'id'), 'id');
  const given = command.properties.get('parentid');
  const parent = given === undefined ? undefined : guid(given, 'parentid');
  if (id === EMPTY) {
    throw new Error("##vso[task.logdetail] has an empty 'id'.");
  }
  const known = details.get(id);
  if (known !== undefined) {
    if (parent !== undefined && parent !== known) {
      throw new Error(`##vso[task.logdetail] cannot move the record '${id}' below another one.`);
    }
    return;
  }
  requiredProperty(command, 'name');
  requiredProperty(command, 'type');
  if (parent !== undefined && parent !== EMPTY && !details.has(parent)) {
    throw new Error(`##vso[task.logdetail] names a parent '${parent}' that does not exist.`);
  }
  details.set(id, parent ?? '');
}

function guid(text: string, name: string): string {
  if (!GUID.test(text)) {
    throw new Error(`##vso[task.logdetail] has the ${name} '${text}', which is no GUID.`);
  }
  return text.replace(/[{}-]/g, '').toLowerCase();
}
