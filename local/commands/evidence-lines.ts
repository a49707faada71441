import type { RunRecord, StageRecord } from '../pipelines/record/run-record';
import { newestStages } from '../terminal/run-tree';

const SUMMARY = 'Distributedtask.Core.Summary';
/** Most lines that are shown before a question. */
const MOST = 5;

/**
 * What an approver reads first: the first line of each summary that the stages before have attached, the newest last.
 * @param readText text of a file below the folder of the run
 */
export function evidenceLines(
  record: RunRecord,
  stage: StageRecord,
  readText: (path: string) => string | undefined,
): readonly string[] {
  return stagesBefore(record, stage)
    .flatMap(({ jobs }) => jobs.flatMap(({ steps }) => steps.flatMap(({ attachments }) => attachments)))
    .filter(({ type }) => type === SUMMARY)
    .flatMap(({ file }) => firstLine(readText(file) ?? '') ?? [])
    .slice(-MOST);
}

/** All that a stage depends on, directly or through others. */
function stagesBefore(record: RunRecord, stage: StageRecord): readonly StageRecord[] {
  const stages = newestStages(record);
  const needed = new Set(stage.dependsOn);
  for (const name of needed) {
    for (const further of stages.find((known) => known.name === name)?.dependsOn ?? []) {
      needed.add(further);
    }
  }
  return stages.filter(({ name }) => needed.has(name));
}

/** The first line with words, without the signs of Markdown. */
function firstLine(markdown: string): string | undefined {
  return markdown
    .split(/\r?\n/)
    .map((line) =>
      line
        .replace(/^#+\s*/, '')
        .replace(/[*`]/g, '')
        .trim(),
    )
    .find((line) => /\p{Letter}/u.test(line));
}
