import { resolve } from 'node:path';
import { attachFile } from '../commands/attachments';
import { StepFailure } from '../step-run';
import { publishTestResults } from '../test-results/publish-test-results';
import { findFiles } from './find-files';
import { declare, type StepTask, UNRESTRICTED } from './step-task';

const PUBLISH = { runsOn: 'agent', restrictions: UNRESTRICTED, outputNames: new Set<string>() } as const;

/** Source: the page of the task PublishTestResults@2. */
export const PUBLISH_TEST_RESULTS: StepTask = {
  ...PUBLISH,
  reference: 'PublishTestResults',
  declared: declare(
    {
      testRunner: 'JUnit',
      testResultsFiles: '**/TEST-*.xml',
      searchFolder: '$(System.DefaultWorkingDirectory)',
      mergeTestResults: 'false',
      failTaskOnFailedTests: 'false',
      failTaskOnMissingResultsFile: 'false',
      failTaskOnFailureToPublishResults: 'false',
      testRunTitle: '',
      buildPlatform: '',
      platform: '',
      buildConfiguration: '',
      configuration: '',
      publishRunAttachments: 'true',
    },
    { testResultsFormat: 'testRunner' },
  ),
  displayName: (inputs) => `Publish Test Results ${inputs.get('testResultsFiles')}`,
  run: async (step, inputs) => {
    const folder = resolve(step.workingDirectory, inputs.get('searchFolder'));
    const files = findFiles(folder, inputs.lines('testResultsFiles'));
    if (files.length === 0) {
      const missing = `No test result files matching '${inputs.lines('testResultsFiles').join(', ')}' were found in ${folder}.`;
      if (inputs.isTrue('failTaskOnMissingResultsFile')) {
        throw new StepFailure(missing);
      }
      step.warning(missing);
      return;
    }
    publishTestResults(step, {
      format: inputs.get('testRunner'),
      files,
      merge: inputs.isTrue('mergeTestResults'),
      title: inputs.get('testRunTitle'),
      failOnFailedTests: inputs.isTrue('failTaskOnFailedTests'),
    });
  },
};

/** Keeps the summary files as attachments. Source: the page of the task PublishCodeCoverageResults@2. */
export const PUBLISH_CODE_COVERAGE: StepTask = {
  ...PUBLISH,
  reference: 'PublishCodeCoverageResults',
  declared: declare({ summaryFileLocation: '', pathToSources: '', failIfCoverageEmpty: 'false' }),
  displayName: (inputs) => `Publish code coverage from ${inputs.get('summaryFileLocation')}`,
  run: async (step, inputs) => {
    const files = findFiles(step.workingDirectory, inputs.lines('summaryFileLocation'));
    if (files.length === 0) {
      const missing = `No code coverage files matching '${inputs.get('summaryFileLocation')}' were found.`;
      if (inputs.isTrue('failIfCoverageEmpty')) {
        throw new StepFailure(missing);
      }
      step.warning(missing);
    }
    for (const file of files) {
      attachFile(step, 'CodeCoverageSummary', file);
    }
  },
};
