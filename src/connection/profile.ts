import { TaskError } from '../errors';
import { didYouMean } from '../nearest-name';

/** Settings of one profile of `~/.databrickscfg`, or of the environment; keys as the Databricks CLI spells them. */
export type ProfileSettings = Readonly<Record<string, string>>;

/**
 * One section of a Databricks configuration file (INI: `[name]`, `key = value`, comments begin with `#` or `;`).
 * @throws TaskError PROFILE_INVALID with the line, or PROFILE_NOT_FOUND
 */
export function profileOf(text: string, name: string, file: string): ProfileSettings {
  const sections = new Map<string, Record<string, string>>();
  let current: Record<string, string> | undefined;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || line.startsWith(';')) {
      continue;
    }
    const heading = /^\[([^\]]*)\]$/.exec(line)?.[1]?.trim();
    const setting = /^([^=]+)=(.*)$/.exec(line);
    if (heading !== undefined) {
      current = sections.get(heading) ?? {};
      sections.set(heading, current);
    } else if (setting !== null && current !== undefined) {
      current[(setting[1] ?? '').trim()] = (setting[2] ?? '').trim();
    } else {
      throw new TaskError('PROFILE_INVALID', `Line ${index + 1} of ${file} is neither a section nor a setting.`, {
        todo: 'Correct the line, or write the file anew with `databricks configure`.',
      });
    }
  }
  const found = sections.get(name);
  if (found === undefined) {
    throw new TaskError('PROFILE_NOT_FOUND', `There is no profile '${name}' in ${file}.`, {
      todo: choiceOf(name, [...sections.keys()]),
    });
  }
  return found;
}

function choiceOf(name: string, profiles: readonly string[]): string {
  if (profiles.length === 0) {
    return 'The file has no profile at all: write one with `databricks configure`.';
  }
  return `${didYouMean(name, profiles)} The file has: ${profiles.join(', ')}.`.trimStart();
}

/** The environment variables of the Databricks CLI as profile settings. */
export function environmentSettings(environment: Readonly<Record<string, string | undefined>>): ProfileSettings {
  const names = {
    host: 'DATABRICKS_HOST',
    token: 'DATABRICKS_TOKEN',
    client_id: 'DATABRICKS_CLIENT_ID',
    client_secret: 'DATABRICKS_CLIENT_SECRET',
    azure_workspace_resource_id: 'DATABRICKS_AZURE_RESOURCE_ID',
  };
  const pairs = Object.entries(names).map(([key, name]) => [key, environment[name] ?? '']);
  return Object.fromEntries(pairs.filter(([, value]) => value !== '')) as ProfileSettings;
}
