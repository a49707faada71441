import { ExpandError } from '../expand-error';
import type { Place } from '../place';
import type { ListRole } from '../scope';

/** How values of a parameter type are read. */
export type TypeForm =
  | { readonly form: 'text' | 'number' | 'boolean' | 'object' | 'legacyObject' | 'textList' | 'mapping' | 'mappings' }
  | { readonly form: 'items'; readonly role: ListRole; readonly single: boolean };

const BOTH: Readonly<Record<string, TypeForm>> = {
  string: { form: 'text' },
  stringList: { form: 'textList' },
  number: { form: 'number' },
  boolean: { form: 'boolean' },
  object: { form: 'object' },
  step: { form: 'items', role: 'steps', single: true },
  stepList: { form: 'items', role: 'steps', single: false },
  job: { form: 'items', role: 'jobs', single: true },
  jobList: { form: 'items', role: 'jobs', single: false },
  deployment: { form: 'items', role: 'jobs', single: true },
  deploymentList: { form: 'items', role: 'jobs', single: false },
  stage: { form: 'items', role: 'stages', single: true },
  stageList: { form: 'items', role: 'stages', single: false },
  container: { form: 'mapping' },
  containerList: { form: 'mappings' },
};
const ONLY_IN_TEMPLATES: Readonly<Record<string, TypeForm>> = { legacyObject: { form: 'legacyObject' } };
/** Types that the form of a run offers; their values are names. */
const ONLY_IN_PIPELINES: Readonly<Record<string, TypeForm>> = {
  environment: { form: 'text' },
  filePath: { form: 'text' },
  pool: { form: 'text' },
  secureFile: { form: 'text' },
  serviceConnection: { form: 'text' },
};

/** Every type, for schemas. */
export const PARAMETER_TYPES: readonly string[] = [
  ...Object.keys(BOTH),
  ...Object.keys(ONLY_IN_TEMPLATES),
  ...Object.keys(ONLY_IN_PIPELINES),
];

/**
 * How a type is read. Names are written exactly so. Some types exist only in the file that a run starts from, one only in templates.
 * @throws ExpandError PIPELINE_PARAMETER
 */
export function typeForm(name: string, inTemplate: boolean, at: Place): TypeForm {
  const known = lookUp(BOTH, name) ?? lookUp(inTemplate ? ONLY_IN_TEMPLATES : ONLY_IN_PIPELINES, name);
  if (known === undefined) {
    const elsewhere = lookUp(inTemplate ? ONLY_IN_PIPELINES : ONLY_IN_TEMPLATES, name) !== undefined;
    throw new ExpandError(
      'PIPELINE_PARAMETER',
      elsewhere
        ? `The parameter type '${name}' exists only in ${inTemplate ? 'the file that a run starts from' : 'templates'}.`
        : `There is no parameter type '${name}'.`,
      at,
      `Types are: ${Object.keys(BOTH).join(', ')}.`,
    );
  }
  return known;
}

function lookUp(types: Readonly<Record<string, TypeForm>>, name: string): TypeForm | undefined {
  return Object.hasOwn(types, name) ? types[name] : undefined;
}
