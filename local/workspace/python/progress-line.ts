import type { EnvironmentProgress } from './cached-environments';

/** How far a Python environment is, as a line for people. */
export function progressLine({ phase, packages }: EnvironmentProgress): string {
  switch (phase) {
    case 'waiting':
      return 'Python environment: another process is making it …';
    case 'creating':
      return 'Python environment: creating (once; later runs and other clones reuse it) …';
    case 'downloading':
      return `Python environment: fetching packages, ${packages} so far`;
    case 'installing':
      return `Python environment: installing ${packages} packages …`;
    case 'ready':
      return 'Python environment: ready';
  }
}
