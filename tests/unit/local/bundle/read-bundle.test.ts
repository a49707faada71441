import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { BundleValues } from '../../../../local/bundle/bundle';
import { withJobIds } from '../../../../local/bundle/job-order';
import { readBundle } from '../../../../local/bundle/read-bundle';
import { sampleFiles } from '../../../../local/demo/sample-jobs';
import { TaskError } from '../../../../src/errors';

const SAMPLE = join(__dirname, '../../../../samples/diabetes');
const VALUES: BundleValues = { root: '/Workspace/Shared', commit: 'abc', userName: 'ada.b@example.com', variables: {} };
const MAIN = `
bundle: {name: b}
include: [resources/*.job.yml]
variables: {catalog: {}, schema: {default: s}}
targets:
  dev: {default: true, variables: {catalog: dev}}
  prod: {variables: {catalog: prod}}
`;
const EVERY_TASK = `
name: every
schedule: {quartz_cron_expression: 0 0 6 * * ?, timezone_id: UTC}
job_clusters: [{job_cluster_key: c, new_cluster: {num_workers: 1}}]
queue: {enabled: true}
health: {rules: []}
tasks:
  - {task_key: wheel, job_cluster_key: c, python_wheel_task: {package_name: p, entry_point: e}, libraries: [{whl: ../dist/p.whl}]}
  - {task_key: asks, depends_on: [{task_key: wheel}], condition_task: {op: EQUAL_TO, left: a, right: b}}
  - {task_key: child, run_job_task: {job_id: "\${resources.jobs.a.id}"}}
  - {task_key: tables, pipeline_task: {pipeline_id: p}}
  - {task_key: rows, sql_task: {warehouse_id: w, file: {path: ../src/q.sql}}}
  - task_key: each
    for_each_task:
      inputs: "[1, 2]"
      concurrency: 2
      task: {task_key: one, min_retry_interval_millis: 5, notebook_task: {notebook_path: ../src/n.py}}
`;

describe('a bundle', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bundle-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (files: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  };
  const job = (text: string) => `resources: {jobs: {a: {name: "\${bundle.name}-a", ${text}}}}`;
  const problems = (values: Partial<BundleValues> = {}): string => {
    try {
      readBundle(folder, { ...VALUES, ...values });
    } catch (error) {
      assert.ok(error instanceof TaskError && error.code === 'BUNDLE_INVALID', String(error));
      return error.sentences;
    }
    assert.fail('the bundle was read');
  };
  const indented = (text: string, by: string) => text.trim().replace(/^/gm, by);

  it('takes given variables before those of the target before defaults', () => {
    write({
      'databricks.yml': MAIN,
      'resources/a.job.yml': job(
        `tags: {c: "\${var.catalog}.\${var.schema}", t: "\${bundle.target}", r: "{{job.id}}"}`,
      ),
    });
    const tags = (values: Partial<BundleValues>) => readBundle(folder, { ...VALUES, ...values }).jobs[0]?.settings.tags;
    assert.deepEqual(tags({}), { c: 'dev.s', t: 'dev', r: '{{job.id}}' });
    assert.deepEqual(tags({ target: 'prod' }), { c: 'prod.s', t: 'prod', r: '{{job.id}}' });
    assert.deepEqual(tags({ environment: 'prod' }), { c: 'prod.s', t: 'prod', r: '{{job.id}}' });
    assert.deepEqual(tags({ environment: 'staging', variables: { catalog: 'x', undeclared: 'y' } }), {
      c: 'x.s',
      t: 'dev',
      r: '{{job.id}}',
    });
  });

  it('resolves names of the bundle, the workspace, resources and variables that hold maps or other variables', () => {
    write({
      'databricks.yml': `
bundle: {name: b}
variables:
  size: {default: 2}
  cluster: {type: complex, default: {num_workers: "\${var.size}", spark_version: v}}
resources:
  jobs:
    a:
      name: "\${bundle.name}-\${bundle.git.commit}-\${workspace.current_user.short_name}"
      description: "\${workspace.root_path} \${workspace.current_user.userName} \${resources.jobs.b.name}"
      job_clusters: [{job_cluster_key: c, new_cluster: "\${var.cluster}"}]
    b: {name: other}
`,
    });
    const [read] = readBundle(folder, VALUES).jobs;
    assert.equal(read?.name, 'b-abc-ada_b');
    assert.equal(read?.settings.description, '/Workspace/Shared/b/abc ada.b@example.com other');
    assert.deepEqual(read?.settings.job_clusters, [
      { job_cluster_key: 'c', new_cluster: { num_workers: 2, spark_version: 'v' } },
    ]);
  });

  it('accepts every job that the local workspace accepts, with paths from the file that names them', () => {
    write({
      'databricks.yml': MAIN,
      'resources/a.job.yml': job('tags: {}'),
      'resources/every.job.yml': `resources:\n  jobs:\n    every:\n${indented(EVERY_TASK, '      ')}\n`,
      'src/q.sql': 'SELECT 1',
      'src/n.py': '# Databricks notebook source',
    });
    const { jobs, warnings } = readBundle(folder, VALUES);
    const every = jobs.find(({ key }) => key === 'every');
    assert.deepEqual(
      jobs.map(({ key }) => key),
      ['a', 'every'],
    );
    const text = JSON.stringify(withJobIds(every?.settings, new Map([['a', '42']])));
    for (const part of [
      '"job_id":"42"',
      '"path":"/Workspace/Shared/b/abc/files/src/q.sql"',
      '"notebook_path":"/Workspace/Shared/b/abc/files/src/n"',
      '"whl":"/Workspace/Shared/b/abc/files/dist/p.whl"',
      '"min_retry_interval_millis":5',
    ]) {
      assert.ok(text.includes(part), `${part} in ${text}`);
    }
    assert.deepEqual(warnings, [
      'resources/every.job.yml: resources.jobs.every.schedule is kept; a local workspace starts nothing by itself.',
    ]);
  });

  it('orders a job after those that it runs', () => {
    write({
      'databricks.yml': `
bundle: {name: b}
resources:
  jobs:
    first: {name: f, tasks: [{task_key: t, run_job_task: {job_id: "\${resources.jobs.second.id}"}}]}
    second: {name: s}
`,
    });
    assert.deepEqual(
      readBundle(folder, VALUES).jobs.map(({ key }) => key),
      ['second', 'first'],
    );
  });

  it('lays what the target says of a job over it', () => {
    write({
      'databricks.yml': `
bundle: {name: b}
include: [jobs/*/job.yml]
targets:
  dev:
    resources:
      jobs:
        a: {timeout_seconds: 5, tasks: [{task_key: t, max_retries: 2}]}
`,
      'jobs/x/job.yml': job('tasks: [{task_key: t, spark_python_task: {python_file: a.py}}]'),
      'jobs/x/a.py': '',
    });
    assert.deepEqual(readBundle(folder, VALUES).jobs[0]?.settings, {
      name: 'b-a',
      queue: { enabled: true },
      timeout_seconds: 5,
      tasks: [
        {
          task_key: 't',
          max_retries: 2,
          spark_python_task: { python_file: '/Workspace/Shared/b/abc/files/jobs/x/a.py' },
        },
      ],
    });
  });

  it('takes what several files say of one target, and of one variable', () => {
    write({
      'databricks.yml': `
bundle: {name: b}
include: [jobs/*.yml]
variables: {size: {description: how many}}
targets: {dev: {default: true, resources: {jobs: {a: {timeout_seconds: 5, tags: {of: main}}}}}}
`,
      'jobs/a.yml': job(`max_concurrent_runs: "\${var.size}"`),
      'jobs/b.yml': `
variables: {size: {default: 2}}
targets:
  dev:
    workspace: {root_path: /x}
    resources: {jobs: {a: {tags: {of: included}, tasks: [{task_key: t, spark_python_task: {python_file: a.py}}]}}}
`,
      'jobs/a.py': '',
    });
    const { jobs, warnings } = readBundle(folder, VALUES);
    assert.deepEqual(jobs[0]?.settings, {
      name: 'b-a',
      queue: { enabled: true },
      max_concurrent_runs: 2,
      timeout_seconds: 5,
      tags: { of: 'included' },
      tasks: [{ task_key: 't', spark_python_task: { python_file: '/Workspace/Shared/b/abc/files/jobs/a.py' } }],
    });
    assert.deepEqual(warnings, ['Not used here: jobs/b.yml: targets.dev.workspace.']);
  });

  it('tells in one sentence what it does not use, and what cannot run here', () => {
    write({
      'databricks.yml': `
bundle: {name: b}
sync: {exclude: [x]}
workspace: {host: https://adb-1.1.azuredatabricks.net}
targets: {dev: {mode: development, workspace: {root_path: /x}}, other: {presets: {}}}
resources:
  schemas: {s: {name: n}}
  jobs: {a: {name: a, permissions: [{level: CAN_VIEW, group_name: users}], tasks: [{task_key: t, dbt_task: {commands: [dbt run]}}]}}
`,
    });
    const { warnings, jobs } = readBundle(folder, { ...VALUES, target: 'dev' });
    assert.deepEqual(warnings, [
      'Not used here: databricks.yml: sync, databricks.yml: workspace, databricks.yml: resources.schemas, databricks.yml: targets.dev.workspace, databricks.yml: resources.jobs.a.permissions.',
      "databricks.yml: resources.jobs.a: Task 't' is a dbt_task, which the local workspace does not run.",
    ]);
    assert.equal(jobs[0]?.settings.permissions, undefined);
  });

  it('demands a value only of what is used', () => {
    write({
      'databricks.yml': MAIN.replace('catalog: {}', 'catalog: {}, none: {}, unused: {lookup: {cluster: c}}'),
      'resources/a.job.yml': job('tags: {}'),
    });
    assert.equal(readBundle(folder, VALUES).jobs.length, 1);
  });

  it('says all that is wrong at once', () => {
    write({
      'databricks.yml': `
bundel: {name: b}
include: [none/*.yml]
variables: {declared: {}}
targets: {dev: {}, prod: {}}
`,
    });
    const first = problems({ environment: 'local' });
    for (const part of [
      'databricks.yml includes none/*.yml, and no file has such a name.',
      'has no bundle.name',
      'has the targets dev, prod, none of them with default: true or of the name local. Mark one.',
      'databricks.yml: bundel is no part of a bundle',
      'has 4 problems',
    ]) {
      assert.ok(first.includes(part), `${part} in ${first}`);
    }
    write({
      'databricks.yml': `
bundle: {name: b}
variables: {declared: {}, a: {default: "\${var.b}"}, b: {default: "\${var.a}"}}
targets: {dev: {variables: {undeclared: 1}}}
resources:
  jobs:
    a:
      tags: {x: "\${var.declared}", y: "\${var.declared}", z: "\${var.none}", c: "\${var.a}"}
      tasks:
        - {task_key: t, spark_python_task: {python_file: src/a.py}}
        - {task_key: t, notebook_task: {}}
        - {task_key: u, run_if: NEVER, condition_task: {op: IS, left: a, right: b}}
        - {task_key: v, run_job_task: {job_id: "\${resources.jobs.gone.id}"}}
`,
    });
    const second = problems();
    for (const part of [
      'targets.dev.variables gives undeclared a value',
      `\${var.declared} has no value, used in databricks.yml: resources.jobs.a.tags.x and 1 more. Give the variable a default, a value in targets.dev.variables, or BUNDLE_VAR_declared in the environment.`,
      `\${var.none} has no value, used in databricks.yml: resources.jobs.a.tags.z. Declare the variable.`,
      `\${var.a} has no value`,
      `\${resources.jobs.gone.id} has no value`,
      'resources.jobs.a has no name',
      'names src/a.py, and there is no such file',
      "Missing value for required parameter 'notebook_path'",
      "run_if of task 'u' cannot be 'NEVER'",
    ]) {
      assert.ok(second.includes(part), `${part} in ${second}`);
    }
  });

  for (const [what, files, message] of [
    ['a folder without a bundle', {}, /There is no databricks\.yml in /],
    ['a file that is no YAML', { 'databricks.yml': 'a: [' }, /databricks\.yml is no YAML/],
    [
      'a key named like a built-in',
      { 'databricks.yml': `${MAIN}constructor: {}` },
      /constructor is no part of a bundle/,
    ],
    ['a target that is not there', { 'databricks.yml': MAIN }, /no target none\. It has: dev, prod\./],
    [
      'jobs that run each other',
      {
        'databricks.yml': `bundle: {name: b}\ntargets: {none: {}}\nresources: {jobs: {a: {name: a, tasks: [{task_key: t, run_job_task: {job_id: "\${resources.jobs.a.id}"}}]}}}`,
      },
      /The jobs a name each other's ids in a circle/,
    ],
  ] as const) {
    it(`names ${what}`, () => {
      write(files);
      assert.match(problems({ target: 'none' }), message);
    });
  }

  it('queues runs of a job that says nothing of it, as the Databricks CLI does', () => {
    write({
      'databricks.yml':
        'bundle: {name: b}\nresources: {jobs: {a: {name: a, tasks: []}, b: {name: b, queue: {enabled: false}, tasks: []}}}',
    });
    assert.deepEqual(
      readBundle(folder, VALUES).jobs.map(({ settings }) => settings.queue),
      [{ enabled: true }, { enabled: false }],
    );
  });

  it('warns of fields that the service would drop without a word', () => {
    const inner = '{task_key: two, run_iff: ALL_DONE, pipeline_task: {pipeline_id: p}}';
    write({
      'databricks.yml': `bundle: {name: b}\nresources: {jobs: {a: {name: a, tag: {a: b}, tasks: [
  {task_key: one, depend_on: [], pipeline_task: {pipeline_id: p}},
  {task_key: each, for_each_task: {inputs: "[1]", task: ${inner}}},
  ]}}}`,
    });
    const at = 'databricks.yml: resources.jobs.a';
    assert.deepEqual(readBundle(folder, VALUES).warnings, [
      `${at}: the Jobs API knows no field tag. Did you mean tags?`,
      `${at}, task one: the Jobs API knows no field depend_on. Did you mean depends_on?`,
      `${at}, task each, task two: the Jobs API knows no field run_iff. Did you mean run_if?`,
    ]);
  });

  it('reads the sample: three jobs under their names, every file path among the files', () => {
    const { jobs, warnings } = readBundle(SAMPLE, { ...VALUES, target: 'staging' });
    assert.deepEqual(
      jobs.map(({ name }) => name),
      ['diabetes-evaluate', 'diabetes-integration', 'diabetes-train'],
    );
    assert.deepEqual(warnings, []);
    const files = sampleFiles(SAMPLE);
    const paths = [
      ...JSON.stringify(jobs).matchAll(
        /"(?:python_file|notebook_path)":"\/Workspace\/Shared\/diabetes\/abc\/files\/([^"]+)"/g,
      ),
    ];
    assert.equal(paths.length, 4);
    for (const [, path = ''] of paths) {
      assert.ok(files.has(path) || files.has(`${path}.py`), path);
    }
  });
});
