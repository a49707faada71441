import { derivedGuid } from './derived-guid';
import { type Call, json, type Resource } from './route';

/**
 * Resource areas (`Resource Areas - List`): none, as a server of one's own answers. Clients then send every request to the address that
 * they were given.
 */
export const resourceAreas: Resource = {
  area: 'Location',
  name: 'ResourceAreas',
  locationId: 'e81700f7-3be2-46de-8624-2eb35882fcaa',
  template: '_apis/{resource}/{areaId}',
  resourceVersion: 1,
  operations: [
    { method: 'GET', summary: 'No areas: everything is at one address', answer: () => json({ count: 0, value: null }) },
  ],
};

/** Who the token belongs to (`Connection Data - Get`), by which clients try a connection. */
export const connectionData: Resource = {
  area: 'Location',
  name: 'connectionData',
  locationId: '00d9565f-ed9c-4a06-9a50-00e7896ccab4',
  template: '_apis/{resource}',
  resourceVersion: 1,
  operations: [{ method: 'GET', summary: 'Who the token belongs to', answer: (call) => json(connection(call)) }],
};

function connection({ caller, options }: Call): Record<string, unknown> {
  const user = { id: caller.id, providerDisplayName: caller.name, isActive: true };
  return {
    authenticatedUser: user,
    authorizedUser: user,
    instanceId: options.organization.id,
    deploymentId: derivedGuid(options.organization.id, 'deployment'),
    deploymentType: 'onPremises',
  };
}
