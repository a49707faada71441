import { readFile } from 'node:fs/promises';
import type { Operation, Reply } from '../api';
import { type Fields, invalid, optionalText, queryFields } from '../fields';
import { readNotebook } from '../notebooks/notebook-file';
import { notebookPage } from '../notebooks/notebook-page';
import { notebookCopy, readExitValue, readTaskError } from './attempt-folder';
import { knownRun, type RunParts } from './job-parts';
import { latest } from './types';

const VIEWS = ['CODE', 'DASHBOARDS', 'ALL'];

/** `runs/export` under one version of the API. */
export function exportOperation(parts: RunParts, version: '2.1' | '2.2'): Operation {
  return {
    method: 'GET',
    path: `/api/${version}/jobs/runs/export`,
    note: 'the notebook of a task run as it was at its start, with exit value and error',
    lacks: 'dashboards, results of cells',
    handle: ({ query }) => exportViews(parts, queryFields(query)),
  };
}

async function exportViews(parts: RunParts, request: Fields): Promise<Reply> {
  const wanted = optionalText(request, 'views_to_export') ?? 'CODE';
  if (!VIEWS.includes(wanted)) {
    throw invalid(`views_to_export must be one of ${VIEWS.join(', ')}, not '${wanted}'.`);
  }
  const found = knownRun(parts, request);
  const only = found.run.tasks.length === 1 ? found.run.tasks[0] : undefined;
  const task = 'attempt' in found ? found.task : only;
  if (task === undefined) {
    throw invalid(
      'Export of runs with multiple tasks is not supported. Please export each individual task run instead.',
    );
  }
  const attempt = 'attempt' in found ? found.attempt : latest(task);
  const path = task.spec.notebook_task?.notebook_path;
  if (path === undefined) {
    throw invalid(`Run ${attempt.runId} is not a notebook run; only notebook runs can be exported.`);
  }
  if (attempt.begunTime === undefined) {
    throw invalid(`Run ${attempt.runId} has not begun: it has nothing to export.`);
  }
  if (wanted === 'DASHBOARDS') {
    return { json: { views: [] } };
  }
  const { workspace } = parts;
  const name = path.slice(path.lastIndexOf('/') + 1);
  const raised = await readTaskError(workspace, attempt.runId);
  const notebook = readNotebook(await readFile(notebookCopy(workspace, attempt.runId), 'utf8'));
  const end = { exitValue: await readExitValue(workspace, attempt.runId), trace: raised?.trace };
  return { json: { views: [{ content: notebookPage(name, notebook, end).text, name, type: 'NOTEBOOK' }] } };
}
