import fc from 'fast-check';
import { type KillScene, startKillScene } from '../support/kill-schedule';

let scene: Promise<KillScene> | undefined;
let schedules = 0;

/** However steps and workspaces are killed: one good run, one version, right outputs. All on one workspace, which lives as long as this process. */
export const killedProcessesEndRight = fc.asyncProperty(fc.nat(), async (seed) => {
  scene ??= startKillScene();
  schedules += 1;
  await (await scene).run(seed, String(schedules));
});
