import assert from 'node:assert/strict';
import { type Kills, startKillScene } from '../support/kill-schedule';

const SCHEDULES = 20;
/** Side by side, each on a workspace of its own. */
const LANES = 2;

describe('steps and workspaces that are killed', () => {
  it(`${SCHEDULES} schedules end with one good run, one version and right outputs`, async () => {
    const seeds = Array.from({ length: SCHEDULES }, (_, index) => index + 1);
    const kills: Kills[] = [];
    const lane = async () => {
      const scene = await startKillScene();
      try {
        for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
          kills.push(await scene.run(seed));
        }
      } finally {
        await scene.stop();
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    const sum = (key: keyof Kills) => kills.reduce((total, each) => total + each[key], 0);
    assert.ok(sum('steps') >= 10 && sum('workspaces') >= 5, JSON.stringify(kills));
  });
});
