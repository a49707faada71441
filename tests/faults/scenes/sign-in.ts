import type { ServiceConnection } from '../../../src/agent/host';
import { mustNotAppear } from '../../support/captured-output';
import { tokenConnection } from '../../support/fake-host';

/** A service principal of the workspace of a scene, with an OAuth secret. */
export const principal = {
  applicationId: '33333333-2222-4333-8444-555555555555',
  displayName: 'pipeline',
  secret: 'secret-of-the-fault-table',
};

/** The service principal, whose tokens can be renewed. */
export function secretConnection(url: string): ServiceConnection {
  return {
    id: 'dbx',
    url,
    scheme: 'UsernamePassword',
    parameters: { username: principal.applicationId, password: mustNotAppear(principal.secret) },
    data: () => undefined,
  };
}

/** By what the steps of a scene prove who they are: a token that stays as it is, or a secret that gives new ones. */
export class SignIn {
  by: 'token' | 'secret' = 'token';

  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  get connection(): ServiceConnection {
    return this.by === 'secret' ? secretConnection(this.url) : tokenConnection(this.url, this.token);
  }
}
