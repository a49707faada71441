import { JOB_KEYS_OF_STEPS } from '../grammar/jobs';
import { type MappingEntry, type MappingNode, mapping, mappingOf, type Node, sequence, textScalar } from '../nodes';
import { withForms } from './entries';
import { normalJob, normalPool } from './job';

/** Names that the service gives to what a file leaves out. */
export const IMPLICIT_STAGE = '__default';
const IMPLICIT_JOB = 'Job';

/**
 * A pipeline whose root is stages: jobs get a stage, steps get a stage and a job, to which goes what a job has (`pool` …). `none` as a trigger
 * becomes `enabled: false`, a list of branches their filter. `extends` and the parameters of templates are gone by now.
 */
export function normalPipeline(root: MappingNode): MappingNode {
  return withForms(withStages(root), {
    trigger: normalTrigger,
    pr: normalTrigger,
    pool: normalPool,
    schedules: (schedules) =>
      schedules.kind === 'sequence'
        ? sequence(
            schedules.items.map((item) =>
              item.kind === 'mapping' ? withForms(item, { branches: normalFilter }) : item,
            ),
            schedules.at,
          )
        : schedules,
  });
}

function withStages(root: MappingNode): MappingNode {
  const list = root.entries.find(({ key }) => key.text === 'jobs' || key.text === 'steps');
  if (list === undefined) {
    return root;
  }
  const ofJob = list.key.text === 'steps' ? root.entries.filter(({ key }) => JOB_KEYS_OF_STEPS.includes(key.text)) : [];
  const jobs = list.key.text === 'jobs' ? list.value : sequence([implicitJob(list, ofJob)], list.value.at);
  const stage = mappingOf(
    [
      ['stage', textScalar(IMPLICIT_STAGE, list.key.at)],
      ['jobs', jobs],
    ],
    list.key.at,
  );
  const stages: MappingEntry = {
    key: textScalar('stages', list.key.at),
    value: sequence([stage], list.key.at),
  };
  return mapping(
    root.entries.filter((entry) => !ofJob.includes(entry)).map((entry) => (entry === list ? stages : entry)),
    root.at,
  );
}

function implicitJob(steps: MappingEntry, ofJob: readonly MappingEntry[]): MappingNode {
  const { at } = steps.key;
  return normalJob(mapping([{ key: textScalar('job', at), value: textScalar(IMPLICIT_JOB, at) }, ...ofJob, steps], at));
}

function normalTrigger(trigger: Node): Node {
  switch (trigger.kind) {
    case 'scalar':
      return trigger.text.toLowerCase() === 'none'
        ? mappingOf([['enabled', textScalar('false', trigger.at)]], trigger.at)
        : normalTrigger(sequence([trigger], trigger.at));
    case 'sequence':
      return mappingOf([['branches', normalFilter(trigger)]], trigger.at);
    case 'mapping':
      return withForms(trigger, { branches: normalFilter, paths: normalFilter, tags: normalFilter });
  }
}

function normalFilter(filter: Node): Node {
  return filter.kind === 'sequence' ? mappingOf([['include', filter]], filter.at) : filter;
}
