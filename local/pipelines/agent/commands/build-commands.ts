import { basename } from 'node:path';
import { attach } from './attachments';
import type { Commands } from './command';

/** Source: azure-pipelines-agent, Agent.Worker/Build/BuildCommandExtension.cs. */
export const BUILD_COMMANDS: Commands = {
  updatebuildnumber: {
    run: (step, { data }) => {
      if (data === '') {
        throw new Error('##vso[build.updatebuildnumber] needs a number.');
      }
      // The one way to change this variable, which is read-only for steps.
      step.job.variables.set('Build.BuildNumber', data);
      step.job.events.setRunNumber(step.mask(data));
    },
  },
  addbuildtag: {
    run: (step, { data }) => {
      const tag = data.trim();
      if (tag === '') {
        throw new Error('##vso[build.addbuildtag] needs a tag.');
      }
      step.job.events.addTag(step.mask(tag));
    },
  },
  uploadlog: { run: (step, { data }) => attach(step, 'DistributedTask.Core.Log', 'CustomToolLog', data) },
  uploadsummary: {
    run: (step, { data }) =>
      attach(step, 'Distributedtask.Core.Summary', `CustomMarkDownSummary-${basename(data)}`, data),
  },
};
