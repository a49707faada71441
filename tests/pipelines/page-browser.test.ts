import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { renderRunPage } from '../../local/pipelines/page/render-run-page';
import { chromiumPath, launchChromium } from '../support/chromium';
import { hostileRun } from '../support/hostile-run-record';
import { type SampleRun, SampleRunBuilder } from '../support/sample-run-builder';
import { sampleOfManyJobs, sampleRelease, sampleWaiting } from '../support/sample-run-record';

const WIDTHS = [360, 800, 1400];

describe('the page of a run in a browser', () => {
  let browser: Browser;
  let folder: string;

  before(async function () {
    const path = chromiumPath();
    if (path === undefined) {
      console.log('    Not run: there is no chromium or google-chrome on the path.');
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), 'run-page-'));
    browser = await launchChromium(path);
  });

  after(async () => {
    await browser?.close();
    if (folder !== undefined) {
      rmSync(folder, { recursive: true });
    }
  });

  /** Opens the page of a run, hands it to `look`, and holds that it asked for nothing else and broke no rule of its policy. */
  async function open(run: SampleRun, options: BrowserContextOptions, look: (page: Page) => Promise<void>) {
    const file = join(folder, 'index.html');
    writeFileSync(file, renderRunPage(run.record, run.read, run.goesOn === undefined ? {} : { goesOn: run.goesOn }));
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const asked: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('dialog', (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      return dialog.dismiss();
    });
    await page.goto(pathToFileURL(file).href);
    await look(page);
    await context.close();
    assert.deepEqual([...new Set(asked.map((url) => url.replace(/#.*/, '')))], [pathToFileURL(file).href]);
    assert.deepEqual(complaints, []);
  }

  it('is never wider than the window, light and dark, whatever it shows', async () => {
    const runs = [sampleRelease(), sampleWaiting('left'), hostileRun('w'.repeat(400)), sampleOfManyJobs(40, 5)];
    for (const width of WIDTHS) {
      for (const colorScheme of ['light', 'dark'] as const) {
        for (const run of runs) {
          await open(run, { viewport: { width, height: 900 }, colorScheme }, async (page) => {
            await openAll(page);
            const { wide, background } = await page.evaluate<{ wide: number; background: string }>(
              '({ wide: document.documentElement.scrollWidth, background: getComputedStyle(document.body).backgroundColor })',
            );
            assert.ok(wide <= width, `${wide} px in a window of ${width}`);
            assert.equal(background, colorScheme === 'dark' ? 'rgb(20, 23, 27)' : 'rgb(246, 247, 249)');
          });
        }
      }
    }
  });

  it('acts on no text of the run', async () => {
    const attack = `"'></title></script><script>window.ran = 1</script><img src="x" onerror="window.ran = 1"><svg onload="window.ran = 1"><a href="javascript:window.ran=1">`;
    const build = new SampleRunBuilder();
    const markdown = [attack, '[a](javascript:window.ran=1)', '![b](https://example.com/pixel.png)'].join('\n\n');
    build.stage(
      'summary',
      [],
      [build.job('main', [build.step('Sum up', 'succeeded', { attachments: build.summary(markdown) })])],
    );
    for (const run of [hostileRun(attack), build.run()]) {
      await open(run, {}, async (page) => {
        await openAll(page);
        assert.equal(await page.evaluate('window.ran'), undefined);
        assert.equal(await page.locator('script').count(), 1);
        assert.equal(await page.locator('img, iframe, object, embed, link').count(), 0);
        const addresses = await page.evaluate<string[]>(
          '[...document.querySelectorAll("[href]")].map((one) => one.getAttribute("href"))',
        );
        assert.ok(addresses.length > 0);
        for (const address of addresses) {
          assert.match(address, /^(#|\.\/|https?:)/);
        }
      });
    }
  });

  it('is reached by keyboard alone: skip link, each stage in the graph, each job, with a visible focus', async () => {
    const run = sampleRelease();
    const stages = new Set(run.record.stages.map(({ name }) => name)).size;
    await open(run, { viewport: { width: 800, height: 900 } }, async (page) => {
      await page.keyboard.press('Tab');
      assert.equal(await focused(page), 'a #stages');
      const seen: string[] = [];
      for (let presses = 0; presses < 200 && !seen.includes('summary s9-j1'); presses += 1) {
        await page.keyboard.press('Tab');
        seen.push(await focused(page));
        assert.ok(await page.evaluate<boolean>(FOCUS_IS_VISIBLE), `the focus on ${seen.at(-1)} cannot be seen`);
      }
      const inGraph = seen.filter((one) => /^a #s\d+$/.test(one));
      assert.equal(new Set(inGraph).size, stages);
      assert.ok(seen.includes('button open-all') && seen.includes('summary s1-j1'));
      await page.locator('nav a').last().focus();
      await page.keyboard.press('Enter');
      const target = await page.evaluate<string>('location.hash.slice(1)');
      assert.ok(await page.locator(`#${target} h2`).isVisible());
      await page.locator('#s1-j1 > summary').focus();
      await page.keyboard.press('Enter');
      assert.equal(await page.locator('#s1-j1').evaluate((job) => job.hasAttribute('open')), false);
    });
  });

  it('leads to the first failure with its log open', async () => {
    await open(sampleOfManyJobs(80, 3), {}, async (page) => {
      await page.getByRole('link', { name: 'Go to the first failure' }).click();
      assert.ok(await page.getByText('Line 3 of job 40: loss').isVisible());
    });
  });

  it('stays usable with 200 jobs: a filter finds one, all can be opened', async () => {
    await open(sampleOfManyJobs(200, 100), {}, async (page) => {
      await page.getByLabel('Jobs named').fill('leg 117');
      assert.equal(await page.locator('details.job:visible').count(), 1);
      assert.equal(await page.locator('#found').textContent(), '1 found');
      await page.getByLabel('Jobs named').fill('');
      await page.getByRole('button', { name: 'Open all' }).click();
      assert.equal(await page.locator('details.job[open]').count(), 200);
      assert.ok((await page.evaluate<number>('document.querySelectorAll("*").length')) < 100_000);
    });
  });

  it('works without script: everything opens, and the browser follows the run by itself', async () => {
    await open(sampleWaiting('goesOn'), { javaScriptEnabled: false }, async (page) => {
      assert.ok(await page.locator('meta[http-equiv="refresh"]').count());
      assert.equal(await page.locator('.tools').isVisible(), false);
      await page.locator('#s1-j1-t1 > summary').click();
      await page.locator('#s1-j1-t1-log > summary').click();
      assert.ok(await page.getByText('Finishing: Evaluate').isVisible());
    });
  });

  it('keeps what is open, and the filter, when it loads itself again', async () => {
    await open(sampleWaiting('goesOn'), {}, async (page) => {
      await page.locator('#s1-j1-t1 > summary').click();
      await page.getByLabel('Jobs named').fill('eval');
      await page.reload();
      assert.equal(await page.locator('#s1-j1-t1').evaluate((step) => step.hasAttribute('open')), true);
      assert.equal(await page.getByLabel('Jobs named').inputValue(), 'eval');
      assert.equal(await page.getByLabel('Follow the run').isChecked(), true);
    });
  });

  it('moves nothing for who wants no motion', async () => {
    const build = new SampleRunBuilder();
    build.stage('train', [], [build.job('Train', [build.step('Train', undefined)])]);
    const run = build.run({ state: 'inProgress', result: undefined, finishedAt: undefined });
    for (const [reducedMotion, moving] of [
      ['reduce', false],
      ['no-preference', true],
    ] as const) {
      await open(run, { reducedMotion }, async (page) => {
        assert.equal(await page.evaluate<boolean>('document.getAnimations().length > 0'), moving);
      });
    }
  });

  it('prints jobs and steps without being opened, and no controls', async () => {
    await open(sampleRelease(), { colorScheme: 'dark' }, async (page) => {
      await page.getByRole('button', { name: 'Close all' }).click();
      await page.emulateMedia({ media: 'print' });
      assert.equal(await page.locator('.tools').isVisible(), false);
      assert.ok(await page.locator('#s4-j1-t2 .issue').isVisible());
      assert.equal(await page.evaluate('getComputedStyle(document.body).backgroundColor'), 'rgb(255, 255, 255)');
    });
  });
});

const FOCUS_IS_VISIBLE = `(() => {
  const one = document.activeElement;
  const rect = one.querySelector(':scope > svg > rect');
  const outline = getComputedStyle(one);
  return rect ? getComputedStyle(rect).strokeWidth === '4px' : outline.outlineStyle !== 'none' && parseFloat(outline.outlineWidth) >= 2;
})()`;

/** `a #s1`, `summary s1-j1`, `button open-all`: what has the focus. */
function focused(page: Page): Promise<string> {
  return page.evaluate<string>(
    '(one => one.tagName.toLowerCase() + " " + (one.getAttribute("href") || one.id || one.parentElement.id))(document.activeElement)',
  );
}

async function openAll(page: Page): Promise<void> {
  await page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true; })');
}
