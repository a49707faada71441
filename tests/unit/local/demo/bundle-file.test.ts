import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BundleValues, readBundleJobs } from '../../../../local/demo/bundle-file';
import { sampleFiles } from '../../../../local/demo/sample-jobs';

const SAMPLE = join(__dirname, '../../../../samples/diabetes');
const VALUES: BundleValues = { filePath: '/Workspace/Shared/b/files', variables: {} };

describe('bundle files', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bundle-'));
    mkdirSync(join(folder, 'resources'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (main: string, job: string) => {
    writeFileSync(join(folder, 'databricks.yml'), main);
    writeFileSync(join(folder, 'resources', 'a.job.yml'), job);
  };
  const MAIN = `
bundle: {name: b}
include: [resources/*.job.yml]
variables: {catalog: {}, schema: {default: s}}
targets:
  dev: {default: true, variables: {catalog: dev}}
  prod: {variables: {catalog: prod}}
`;
  const job = (text: string) => `resources: {jobs: {a: {name: "\${bundle.name}-a", ${text}}}}`;

  it('substitutes variables: given before target before default', () => {
    write(MAIN, job(`tags: {c: "\${var.catalog}.\${var.schema}", t: "\${bundle.target}", r: "{{job.id}}"}`));
    const tags = (values: Partial<BundleValues>) => readBundleJobs(folder, { ...VALUES, ...values })[0]?.settings.tags;
    assert.deepEqual(tags({}), { c: 'dev.s', t: 'dev', r: '{{job.id}}' });
    assert.deepEqual(tags({ target: 'prod' }), { c: 'prod.s', t: 'prod', r: '{{job.id}}' });
    assert.deepEqual(tags({ variables: { catalog: 'x' } }), { c: 'x.s', t: 'dev', r: '{{job.id}}' });
  });

  it('takes paths as relative to the file that names them', () => {
    write(
      MAIN,
      job(
        'tasks: [{task_key: s, spark_python_task: {python_file: ../src/a.py}}, {task_key: n, notebook_task: {notebook_path: ../src/n.py}}]',
      ),
    );
    assert.deepEqual(readBundleJobs(folder, VALUES)[0]?.settings.tasks, [
      { task_key: 's', spark_python_task: { python_file: '/Workspace/Shared/b/files/src/a.py' } },
      { task_key: 'n', notebook_task: { notebook_path: '/Workspace/Shared/b/files/src/n' } },
    ]);
  });

  for (const [what, main, text, message] of [
    [
      'an unknown job key',
      MAIN,
      'schedule: {}',
      /resources\/a\.job\.yml: resources\.jobs\.a\.schedule is not known here/,
    ],
    [
      'an unknown task type',
      MAIN,
      'tasks: [{task_key: t, dbt_task: {}}]',
      /jobs\.a\.tasks\[0\]\.dbt_task is not known here/,
    ],
    ['a map where a value belongs', MAIN, 'description: {x: 1}', /jobs\.a\.description is not a single value/],
    ['an unknown top-level key', `${MAIN}artifacts: {}`, 'tags: {}', /databricks\.yml: artifacts is not known here/],
    [
      'a key named like a built-in',
      `${MAIN}constructor: {}`,
      'tags: {}',
      /databricks\.yml: constructor is not known here/,
    ],
    ['a variable without a value', MAIN, `tags: {a: "\${var.none}"}`, /uses \$\{var\.none\}, which has no value/],
    ['a pattern that fits nothing', MAIN.replace('*.job', '*.none'), 'tags: {}', /no file has such a name/],
    ['a target that is not there', MAIN.replace('default: true, ', ''), 'tags: {}', /no target with default: true/],
  ] as const) {
    it(`names ${what}`, () => {
      write(main, job(text));
      assert.throws(() => readBundleJobs(folder, VALUES), message);
    });
  }

  it('reads the sample: three jobs under their names, every file path among the files', () => {
    const jobs = readBundleJobs(SAMPLE, { ...VALUES, target: 'staging' });
    assert.deepEqual(
      jobs.map(({ name }) => name),
      ['diabetes-evaluate', 'diabetes-integration', 'diabetes-train'],
    );
    const files = sampleFiles(SAMPLE);
    const paths = [
      ...JSON.stringify(jobs).matchAll(/"(?:python_file|notebook_path)":"\/Workspace\/Shared\/b\/files\/([^"]+)"/g),
    ];
    assert.equal(paths.length, 4);
    for (const [, path = ''] of paths) {
      assert.ok(files.has(path) || files.has(`${path}.py`), path);
    }
  });

  it('changes the training of a commit and nothing else', () => {
    const committed = sampleFiles(SAMPLE);
    const changed = sampleFiles(SAMPLE, { columns: ['s1'] });
    const differing = [...committed.keys()].filter(
      (name) => !changed.get(name)?.equals(committed.get(name) ?? Buffer.of()),
    );
    assert.deepEqual(differing, ['mlops/training.yml']);
    assert.match(
      changed.get('mlops/training.yml')?.toString() ?? '',
      /columns:\n {2}- s1\nkind: ridge\n[\s\S]*risk_owner/,
    );
  });
});
