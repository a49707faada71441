// The arrows between rooms (docs/architecture.md) as rules.
const OUTSIDE_OF_A_TASK = '^(local|web|tests|scripts|samples)/';
const PURE_ROOMS = '^src/(statistics|evaluation|rollout|drift)/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true, dependencyTypesNot: ['type-only'] } },
    {
      name: 'what-ships-in-a-task-comes-from-src-and-tasks',
      severity: 'error',
      from: { path: '^(src|tasks)/' },
      to: { path: OUTSIDE_OF_A_TASK },
    },
    { name: 'src-knows-no-task', severity: 'error', from: { path: '^src/' }, to: { path: '^tasks/' } },
    {
      name: 'a-task-knows-no-other-task',
      severity: 'error',
      from: { path: '^tasks/([^/]+)/' },
      to: { path: '^tasks/', pathNot: '^tasks/$1/' },
    },
    {
      name: 'agent-and-connection-are-handed-in',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(agent|connection)/' },
      to: { path: '^src/(agent|connection)/' },
    },
    {
      name: 'connection-knows-no-agent',
      severity: 'error',
      from: { path: '^src/connection/' },
      to: { path: '^src/agent/' },
    },
    {
      name: 'http-knows-nothing-above',
      severity: 'error',
      from: { path: '^src/http/' },
      to: { path: '^src/[^/]+/', pathNot: '^src/http/' },
    },
    {
      name: 'databricks-and-devops-know-only-http',
      severity: 'error',
      from: { path: '^src/(databricks|devops)/' },
      to: { path: '^src/[^/]+/', pathNot: '^src/(http|databricks|devops)/' },
    },
    {
      name: 'pure-rooms-do-no-io',
      severity: 'error',
      from: { path: PURE_ROOMS },
      to: {
        path: '^(src/(http|databricks|devops|agent|connection)/|(node:)?(fs|net|http|https|child_process|os|dns|tls|worker_threads)(/|$))',
      },
    },
    {
      name: 'only-the-agent-room-knows-task-lib',
      severity: 'error',
      from: { pathNot: '^src/agent/' },
      to: { path: 'azure-pipelines-task-lib' },
    },
    {
      name: 'axios-only-in-http',
      severity: 'error',
      from: { pathNot: '^src/http/' },
      to: { path: 'node_modules/axios' },
    },
    { name: 'every-import-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
