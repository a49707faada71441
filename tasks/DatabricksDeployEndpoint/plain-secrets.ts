import type { ServingEndpoint } from '../../src/databricks/serving-endpoints';
import { TaskError } from '../../src/errors';

/** How Databricks writes a reference to a secret in the variables of a served entity. */
const secretReference = /^\{\{\s*secrets\/[^/{}\s]+\/[^/{}\s]+\s*\}\}$/;

const secretNames =
  /(secret|token|passw(or)?d|pwd|credential|api_?key|access_?key|account_?key|private_?key|sas)(_|$)/i;

const secretForms = [
  /^dapi[0-9a-f]{32}/i, // personal access token of Databricks
  /^dose[0-9a-f]{32}/i, // OAuth secret of Databricks
  /^eyJ[A-Za-z0-9_-]{10,}\./, // JSON web token
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\b(AccountKey|SharedAccessKey|SharedAccessSignature|Password|Pwd)\s*=/i, // connection strings
  /[?&]sig=[A-Za-z0-9%+/]{20,}/, // shared access signature
  /^(ghp|gho|github_pat|sk|xox[abp])[-_][A-Za-z0-9_-]{16,}/,
  /:\/\/[^/\s:@]+:[^/\s:@]+@/, // password in a URL
];

/**
 * Refuses variables that would carry a secret in plain text: they would be readable in the endpoint's configuration by everybody who may
 * see the endpoint. A guess by name and form; a secret that looks like a word passes.
 * @throws TaskError PLAIN_SECRET, which names the variable and never its value
 */
export function refusePlainSecrets(variables: ReadonlyMap<string, string>): void {
  for (const [name, value] of variables) {
    if (!secretReference.test(value) && looksSecret(name, value)) {
      throw new TaskError('PLAIN_SECRET', `Environment variable '${name}' looks like a secret in plain text.`, {
        where: "It stands in input 'environmentVariables'.",
        todo: `Store it in a secret scope and write ${name}={{secrets/<scope>/<key>}}.`,
      });
    }
  }
}

/** Values that look like secrets in plain text in an endpoint's variables, which somebody else may have written: to be masked. */
export function plainSecretsOf(endpoint: ServingEndpoint | undefined): string[] {
  const configs = [endpoint?.config, endpoint?.pending_config];
  const variables = configs
    .flatMap((config) => config?.served_entities ?? [])
    .flatMap((entity) => Object.entries(entity.environment_vars ?? {}));
  return variables
    .filter(([name, value]) => !secretReference.test(value) && looksSecret(name, value))
    .map(([, value]) => value);
}

function looksSecret(name: string, value: string): boolean {
  return (secretNames.test(name) && value !== '') || secretForms.some((form) => form.test(value)) || isRandom(value);
}

/** Long, without blanks, with upper case, lower case and digits: a generated key rather than a word, a path or a name. */
function isRandom(value: string): boolean {
  return (
    /^[A-Za-z0-9+/=_-]{32,}$/.test(value) &&
    /[a-z]/.test(value) &&
    /[A-Z]/.test(value) &&
    /\d/.test(value) &&
    !/^[0-9a-f-]{36}$/i.test(value)
  );
}
