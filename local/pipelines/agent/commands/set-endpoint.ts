import type { LoggingCommand } from '../../logging-command';
import type { StepRun } from '../step-run';
import { requiredProperty } from './command';

/**
 * Changes a connection for the steps that follow. Only connections that a step of the job has used are there; the job's own cannot be
 * changed. What is given as authorization is masked first, whatever else is wrong.
 */
export function setEndpoint(step: StepRun, command: LoggingCommand): void {
  const { data } = command;
  if (data === '') {
    throw new Error('##vso[task.setendpoint] needs a value.');
  }
  const field = requiredProperty(command, 'field').toLowerCase();
  if (field === 'authparameter') {
    step.job.masker.add(data);
  }
  const id = requiredProperty(command, 'id');
  const connection = step.job.connections.get(id.toLowerCase());
  if (connection === undefined) {
    throw new Error(`##vso[task.setendpoint] names the connection '${id}', which this job does not have.`);
  }
  const change = (changed: Partial<typeof connection>) =>
    step.job.connections.set(id.toLowerCase(), { ...connection, ...changed });
  if (field === 'url') {
    if (!URL.canParse(data)) {
      throw new Error(`##vso[task.setendpoint] has the address '${data}', which is no absolute URL.`);
    }
    change({ url: data });
    return;
  }
  const key = requiredProperty(command, 'key');
  if (field === 'dataparameter') {
    change({ data: { ...connection.data, [key]: data } });
  } else if (field === 'authparameter') {
    change({ parameters: { ...connection.parameters, [key]: data } });
  } else {
    throw new Error(`##vso[task.setendpoint] has the field '${field}', not authParameter, dataParameter or url.`);
  }
}
