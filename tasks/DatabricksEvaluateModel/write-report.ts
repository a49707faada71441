import type { TaskContext } from '../../src/agent/task-context';
import { junitXml } from '../../src/report/junit';
import type { SealedReport } from '../../src/report/seal-report';
import type { EvaluateInputs } from './inputs';

/** Writes report.json and junit.xml, publishes the checks as tests where wanted, and returns the path of the report. */
export function writeReport(
  { json, report }: SealedReport,
  { publishTests }: EvaluateInputs,
  { files, host }: TaskContext,
): string {
  const path = files.write('report.json', json);
  const tests = files.write('junit.xml', junitXml(report));
  if (publishTests) {
    host.publishTestResults({
      path: tests,
      title: `Promotion policy ${report.policy.name}`.replace(/[;\]\r\n]/g, ' '),
    });
  }
  return path;
}
