import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { CommandFolder } from '../support/command-process';
import { untilProcesses } from '../support/jobs';
import { PseudoTerminal, widthOf } from '../support/pseudo-terminal';
import { hasTmux, TmuxTerminal } from '../support/tmux';

const LONG = 'A step whose name is longer than a narrow terminal is wide';
const PIPELINE = `
stages:
- stage: first
  jobs:
  - job: main
    steps:
    - checkout: none
    - bash: |
        echo "a line that is longer than a wide terminal is: ${'0123456789'.repeat(20)}"
        until [ -e "$COMMAND_FOLDER/go" ]; do sleep 0.05; done
      displayName: ${LONG}
- stage: second
  jobs:
  - job: main
    steps:
    - checkout: none
    - bash: |
        sleep 300 &
        echo waits now
        wait
      displayName: Wait
    - bash: echo cleaned > "$COMMAND_FOLDER/cleaned"
      displayName: Clean up
      condition: always()
`;
const COMMAND = resolve('bin/databricks-mlops.mjs');
const WIDE = { columns: 100, rows: 30 };
const NARROW = { columns: 50, rows: 12 };
const CTRL_C = '\u0003';

/**
 * A terminal that becomes narrower wraps what it shows before the program hears of it. A drawing in between goes up by the rows that it knew, and
 * each line that was wrapped leaves a row above the tree; in this pipeline one line is so long.
 */
const LEFT_BY_NARROWING = 1;

/** The last tree on the screen, with what follows it, and the lines above. */
function parted(lines: readonly string[]): readonly [tree: string, above: readonly string[]] {
  const start = lines.findLastIndex((line) => /^ {2}\S first /.test(line));
  return [lines.slice(start).join('\n'), lines.slice(0, start)];
}

describe('a run on a terminal', function () {
  this.timeout(60_000);
  let folder: CommandFolder;

  beforeEach(() => {
    folder = new CommandFolder({ 'p.yml': PIPELINE });
  });

  afterEach(() => folder.remove());

  const marker = () => `COMMAND_FOLDER=${folder.path}`;
  const command = () => [process.execPath, COMMAND, 'run', 'p.yml', '--variable', marker()];

  it('draws a tree as wide as the terminal, follows its size, and ends as the key Ctrl+C says', async () => {
    const terminal = new PseudoTerminal(command(), WIDE, folder.path);
    const last = () => terminal.drawings.at(-1) ?? [];
    const shows = (text: string) => last().some((line) => line.includes(text));

    await terminal.until('the step is drawn with the start of its line', () => shows(`${LONG} `) && shows('a lin'));
    assert.ok(widthOf(last()) > NARROW.columns && widthOf(last()) < WIDE.columns, JSON.stringify(last()));

    terminal.resize(NARROW);
    await terminal.until('the tree is narrower', () => widthOf(last()) < NARROW.columns);
    const since = terminal.drawings.length;
    folder.write('go', '');
    await terminal.until('the second stage waits', () => shows('waits now'));
    for (const drawing of terminal.drawings.slice(since)) {
      assert.ok(widthOf(drawing) < NARROW.columns && drawing.length < NARROW.rows, JSON.stringify(drawing));
    }

    terminal.resize(WIDE);
    terminal.press(CTRL_C);
    assert.equal(await terminal.end, 1);
    assert.match(terminal.written, /!\S* Cancelling the run; once more ends it at once/);
    assert.ok(folder.has('cleaned'));
    assert.deepEqual(
      folder.record('1').stages.map(({ name, result }) => [name, result]),
      [
        ['first', 'succeeded'],
        ['second', 'canceled'],
      ],
    );
    await untilProcesses(marker(), 0);
  });

  it('leaves one tree on the screen of tmux, whose size changes meanwhile', async function () {
    if (!hasTmux()) {
      console.log('    Not run: there is no tmux on the path.');
      this.skip();
    }
    const tmux = await TmuxTerminal.start(command(), WIDE, folder.path);
    try {
      const has = (text: string) => (lines: readonly string[]) => lines.some((line) => line.includes(text));
      await tmux.until(has('a lin'));
      await tmux.resize(NARROW);
      await tmux.until((lines) => lines.some((line) => /▸ A step .*…$/.test(line)));
      // Shown by the terminal, where the tree ends.
      await tmux.press('x', 'y');
      folder.write('go', '');
      const [tree, above] = parted(await tmux.until(has('waits now')));
      assert.match(tree, /^ {2}✓ first .*\n {2}▸ second .*\n {6}▸ Wait .* waits now$/);
      assert.ok(above.length <= LEFT_BY_NARROWING, above.join('\n'));
      await tmux.resize(WIDE);
      await tmux.press('C-c');
      const [ended, before] = parted(await tmux.until(has('Run 1 ')));
      assert.match(ended, /^ {2}✓ first .*\n {2}■ second .*\n {6}■ Wait .*\n {6}✓ Clean up .*\nRun 1 .* canceled/);
      const notices = before.filter((line) => line.startsWith('! Cancelling the run'));
      assert.equal(notices.length, 1, before.join('\n'));
      assert.ok(before.length - notices.length <= LEFT_BY_NARROWING, before.join('\n'));
    } finally {
      await tmux.close();
    }
    await untilProcesses(marker(), 0);
  });
});
