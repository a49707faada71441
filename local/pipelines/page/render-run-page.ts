import { type Html, html } from '../../html';
import type { RunRecord } from '../record/run-record';
import { type Caller, INSTALLED } from '../record/way-on';
import { stageGraph } from './graph';
import { headSection } from './head';
import { pageFrame } from './page-frame';
import { artifactsSection, parametersSection, testsSection } from './result-sections';
import { runState } from './run-sentence';
import { viewOf } from './run-view';
import { stageSection } from './stage-section';
import { stateWord } from './states';

/** What a page knows beside the record. */
export interface PageOptions {
  /** How the command is called that the page gives; default: as where the package is installed. */
  readonly caller?: Caller;
  /** Whether a process goes on with the run; default: as long as it has not ended. */
  readonly goesOn?: boolean;
}

/**
 * One run as one HTML file that loads nothing: how it stands and what it waits for, its stages as a graph and one by one with checks, jobs, steps and
 * logs, then artifacts, tests and parameters. Texts of the run stand in it as texts, whatever they hold.
 * @param read text of a file by its path below the folder of the run (logs, summaries); `undefined` where there is none
 */
export function renderRunPage(
  record: RunRecord,
  read: (path: string) => string | undefined,
  { caller = INSTALLED, goesOn = record.state !== 'completed' }: PageOptions = {},
): string {
  const view = viewOf(record, read, { caller, goesOn });
  return pageFrame({
    title: `${stateWord(runState(view))}: ${record.pipeline.name} ${record.number}`,
    goesOn,
    header: headSection(view),
    main: html`<section aria-labelledby="graph-title"><h2 id="graph-title">Stages</h2>${stageGraph(view)}</section>
<div id="stages" tabindex="-1">${tools(goesOn)}
${view.stages.map((stage) => stageSection(view, stage))}</div>
${testsSection(view)}
${artifactsSection(view)}
${parametersSection(view)}`,
  });
}

/** Shown by the script, which alone can serve them. */
function tools(goesOn: boolean): Html {
  return html`<div class="tools" hidden><button type="button" id="open-all">Open all</button><button type="button" id="close-all">Close all</button>
<label>Jobs named <input type="search" id="filter" autocomplete="off"></label><span id="found" role="status"></span>
${goesOn ? html`<label><input type="checkbox" id="follow" checked> Follow the run</label>` : undefined}</div>`;
}
