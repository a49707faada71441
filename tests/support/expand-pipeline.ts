import assert from 'node:assert/strict';
import { parse } from 'yaml';
import { ExpandError } from '../../local/pipelines/expand/expand-error';
import { expandPipeline } from '../../local/pipelines/expand/pipeline/expand-pipeline';
import { describePlace } from '../../local/pipelines/expand/place';
import { printPipeline } from '../../local/pipelines/expand/print';
import type { FileSource } from '../../local/pipelines/expand/templates/file-source';

/** Files by path; `path@alias` for those of another repository. */
export type Files = Readonly<Record<string, string>>;

export interface Given {
  readonly files?: Files;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
}

/** Files that lie in memory. */
export function filesInMemory(files: Files): FileSource {
  const aliases = new Set(['self', ...Object.keys(files).map((path) => path.split('@')[1] ?? 'self')]);
  return {
    knows: (alias) => aliases.has(alias),
    read: ({ alias }, path) => files[alias === 'self' ? path.slice(1) : `${path.slice(1)}@${alias}`],
  };
}

/** The printed text of the expanded pipeline. */
export function expandedText(pipeline: string, { files = {}, parameters = {}, variables = {} }: Given = {}): string {
  return printPipeline(
    expandPipeline({
      file: 'azure-pipelines.yml',
      source: filesInMemory({ 'azure-pipelines.yml': pipeline, ...files }),
      parameters: new Map(Object.entries(parameters)),
      variables: new Map(Object.entries(variables)),
    }),
  );
}

/** The expanded pipeline as data; every scalar is the text that stands in it. */
export function expanded(pipeline: string, given?: Given): Record<string, never> {
  return parse(expandedText(pipeline, given), { schema: 'failsafe' }) as Record<string, never>;
}

/** The steps of the first job. */
export function stepsOf(pipeline: string, given?: Given): readonly Record<string, unknown>[] {
  const { stages } = expanded(pipeline, given) as unknown as {
    stages: { jobs: { steps: Record<string, unknown>[] }[] }[];
  };
  return stages[0]?.jobs[0]?.steps ?? [];
}

/** The environment of the first step: where tests put what they want to see. */
export function environmentOf(pipeline: string, given?: Given): unknown {
  return stepsOf(pipeline, given)[0]?.['env'];
}

/** Asserts that a pipeline does not expand: the code, the place (`line:column` of the pipeline, or `file:line:column`), and a part of the sentences. */
export function refuses(
  pipeline: string,
  code: string,
  place: string | undefined,
  part: RegExp | string,
  given?: Given,
): void {
  assert.throws(
    () => expandedText(pipeline, given),
    (error: unknown) => {
      assert.ok(error instanceof ExpandError, String(error instanceof Error ? error.stack : error));
      const at = error.place === undefined ? undefined : describePlace(error.place);
      assert.equal(error.code, code, error.sentences);
      assert.equal(
        at,
        place === undefined || /^[^\d].*:/.test(place) ? place : `azure-pipelines.yml:${place}`,
        error.sentences,
      );
      assert.match(
        error.sentences,
        typeof part === 'string' ? new RegExp(part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : part,
      );
      assert.ok((error.options.todo ?? '').length > 0, 'no sentence on what to do');
      return true;
    },
  );
}
