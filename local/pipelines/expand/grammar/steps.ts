import { type Shape, TEXT_MAP, TEXTS } from './shape';

/** Keys of every step. Source: the YAML schema reference. */
const COMMON: Readonly<Record<string, Shape>> = {
  name: 'text',
  displayName: 'text',
  condition: 'text',
  continueOnError: 'text',
  enabled: 'text',
  env: TEXT_MAP,
  timeoutInMinutes: 'text',
  retryCountOnTaskFailure: 'text',
  target: {
    either: ['text', { keys: { container: 'text', commands: 'text', settableVariables: { either: ['text', TEXTS] } } }],
  },
};

/** Common keys whose value a step keeps when a shortcut becomes a task. */
export const COMMON_STEP_KEYS: ReadonlySet<string> = new Set(Object.keys(COMMON));

const POWERSHELL: Readonly<Record<string, Shape>> = {
  errorActionPreference: 'text',
  warningPreference: 'text',
  informationPreference: 'text',
  verbosePreference: 'text',
  debugPreference: 'text',
  progressPreference: 'text',
  failOnStderr: 'text',
  ignoreLASTEXITCODE: 'text',
  workingDirectory: 'text',
};

function step(keys: Readonly<Record<string, Shape>>, ...required: readonly string[]): Shape {
  return { keys: { ...keys, ...COMMON }, required };
}

const ARTIFACT: Readonly<Record<string, Shape>> = { artifact: 'text', patterns: 'text', path: 'text' };

/** Steps, by the key that tells them apart. */
export const STEP_SHAPE: Shape = {
  byKey: {
    task: step({ task: 'text', inputs: TEXT_MAP }, 'task'),
    script: step({ script: 'text', failOnStderr: 'text', workingDirectory: 'text' }, 'script'),
    bash: step({ bash: 'text', failOnStderr: 'text', workingDirectory: 'text' }, 'bash'),
    pwsh: step({ pwsh: 'text', ...POWERSHELL }, 'pwsh'),
    powershell: step({ powershell: 'text', ...POWERSHELL }, 'powershell'),
    checkout: step(
      {
        checkout: 'text',
        clean: 'text',
        fetchDepth: 'text',
        fetchFilter: 'text',
        fetchTags: 'text',
        lfs: 'text',
        path: 'text',
        persistCredentials: 'text',
        sparseCheckoutDirectories: 'text',
        sparseCheckoutPatterns: 'text',
        submodules: 'text',
        workspaceRepo: 'text',
      },
      'checkout',
    ),
    publish: step({ publish: 'text', artifact: 'text' }, 'publish'),
    download: step({ download: 'text', ...ARTIFACT }, 'download'),
    downloadBuild: step({ downloadBuild: 'text', ...ARTIFACT }, 'downloadBuild'),
    getPackage: step({ getPackage: 'text', path: 'text' }, 'getPackage'),
    reviewApp: step({ reviewApp: 'text' }, 'reviewApp'),
  },
};
