import { publishTestResults } from '../test-results/publish-test-results';
import { attachFile } from './attachments';
import { type Commands, requiredProperty } from './command';

/** Source: azure-pipelines-agent, Agent.Worker/TestResults/ResultsCommandExtension.cs. */
export const RESULTS_COMMANDS: Commands = {
  publish: {
    run: (step, command) => {
      const files = requiredProperty(command, 'resultfiles').split(',');
      const isTrue = (name: string, otherwise: boolean) =>
        (command.properties.get(name) ?? String(otherwise)).trim().toLowerCase() === 'true';
      publishTestResults(step, {
        format: requiredProperty(command, 'type'),
        files: files.map((file) => file.trim()).filter((file) => file !== ''),
        merge: isTrue('mergeresults', true),
        title: command.properties.get('runtitle') ?? '',
        failOnFailedTests: isTrue('failtaskonfailedtests', false),
      });
    },
  },
};

/** The summary is kept as an attachment; a run of this machine has no page of its own for coverage. */
export const CODE_COVERAGE_COMMANDS: Commands = {
  publish: {
    run: (step, command) => {
      requiredProperty(command, 'codecoveragetool');
      attachFile(step, 'CodeCoverageSummary', requiredProperty(command, 'summaryfile'));
    },
  },
};
