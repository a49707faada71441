import { approvals } from './approvals';
import { artifacts, containers } from './artifacts';
import { attachments, recordAttachments } from './attachments';
import { builds } from './builds';
import { checkConfigurations } from './check-configurations';
import { checkRuns } from './check-runs';
import { environments, pipelineEnvironments } from './environments';
import { idTokens } from './id-tokens';
import { connectionData, resourceAreas } from './locations';
import { logs } from './logs';
import type { Resource } from './route';
import { tags } from './tags';
import { timeline } from './timeline';

/** Everything that the stand-in answers, as data: routes, the location service and the page of routes are made from it. */
export const RESOURCES: readonly Resource[] = [
  builds,
  timeline,
  artifacts,
  containers,
  attachments,
  recordAttachments,
  logs,
  tags,
  checkRuns,
  checkConfigurations,
  approvals,
  environments,
  pipelineEnvironments,
  idTokens,
  resourceAreas,
  connectionData,
];

/** Template with area and resource filled in, as people read it. */
export function readableTemplate({ template, area, name }: Resource): string {
  return template.replace('{area}', area).replace('{resource}', name);
}
