import { checkProject, runsOf } from './find-run';
import type { ServiceEnvironment } from './ports';
import { type Call, collection, json, type Operation, type Resource } from './route';
import { badRequest, ServiceError } from './service-error';

const operations: readonly Operation[] = [
  { method: 'GET', summary: 'Environments, one name by `name`, or one by id', answer: answerEnvironments },
];

/** Environments where api-version 7.1 and the clients have them. */
export const environments: Resource = {
  area: 'distributedtask',
  name: 'environments',
  locationId: '8572b1fc-2482-47fa-8f74-7e3ed53ee54b',
  template: '{project}/_apis/{area}/{resource}/{environmentId}',
  resourceVersion: 1,
  operations,
};

/** Environments where api-version 7.2 has them. */
export const pipelineEnvironments: Resource = {
  area: 'pipelines',
  name: 'environments',
  locationId: undefined,
  template: '{project}/_apis/{area}/{resource}/{environmentId}',
  resourceVersion: 1,
  operations,
};

function answerEnvironments(call: Call) {
  checkProject(call);
  const id = call.values['environmentId'];
  const known = call.options.environments;
  if (id === undefined) {
    const name = call.query.get('name');
    const top = call.query.get('$top') ?? String(known.length);
    if (!/^\d{1,9}$/.test(top)) {
      throw badRequest(`'$top' is not a count: '${top}'.`);
    }
    const chosen = known.filter((each) => name === null || each.name.toLowerCase() === name.toLowerCase());
    return collection(chosen.slice(0, Number(top)).map((each) => environmentOf(call, each)));
  }
  const found = known.find(({ checks }) => checks.id === id);
  if (found === undefined) {
    throw new ServiceError(
      404,
      'EnvironmentNotFoundException',
      `Environment with ID ${id} does not exist or has been deleted.`,
    );
  }
  return json({ ...environmentOf(call, found), resources: [] });
}

function environmentOf(call: Call, { name, checks }: ServiceEnvironment): Record<string, unknown> {
  const project = runsOf(call)[0]?.record.project;
  return { id: Number(checks.id), name, description: '', project: { id: project?.id, name: project?.name } };
}
