import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentResult, Host, ServiceConnection } from '../../src/agent/host';
import { capture, captureFolder, mustNotAppear } from './captured-output';

/** A `Host` in memory: inputs and variables in, everything that a task said out. */
export class FakeHost implements Host {
  /** Address in front of a workspace's own that steps are to be led through. */
  static front: (url: string) => string = (url) => url;

  /** Inputs that steps get in place of their own. */
  static inputs: (own: Readonly<Record<string, string>>) => Readonly<Record<string, string>> = (own) => own;

  readonly kind: Host['kind'];
  readonly lines: string[] = [];
  readonly debugLines: string[] = [];
  readonly issues: { type: 'error' | 'warning'; message: string; code: string | undefined }[] = [];
  readonly outputs = new Map<string, string>();
  readonly taskVariables = new Map<string, string>();
  readonly masked = new Set<string>();
  readonly summaries: string[] = [];
  readonly attachments: { type: string; name: string; path: string }[] = [];
  readonly artifacts: { name: string; folder: string }[] = [];
  readonly testResults: string[] = [];
  readonly variables: Map<string, string>;
  result: AgentResult | undefined;
  message = '';
  private readonly cancelListeners = new Set<() => void>();
  private readonly inputs: Map<string, string>;
  private readonly connections: Map<string, ServiceConnection>;

  constructor(
    options: {
      kind?: Host['kind'];
      inputs?: Record<string, string>;
      variables?: Record<string, string>;
      connections?: Record<string, ServiceConnection>;
    } = {},
  ) {
    this.kind = options.kind ?? 'pipeline';
    this.inputs = new Map(Object.entries(FakeHost.inputs(options.inputs ?? {})));
    this.variables = new Map(
      Object.entries({
        'Agent.TempDirectory': mkdtempSync(join(tmpdir(), 'databricks-mlops-test-')),
        'System.HostType': 'build',
        'System.TaskInstanceName': 'step',
        ...options.variables,
      }),
    );
    this.connections = new Map(Object.entries(options.connections ?? {}));
  }

  /** As the agent's SIGINT. */
  cancel(): void {
    for (const listener of this.cancelListeners) {
      listener();
    }
  }

  /** Everything that was printed, one text. */
  get printed(): string {
    return [...this.lines, ...this.debugLines, ...this.issues.map((issue) => issue.message), this.message].join('\n');
  }

  /** The error issue, when there is exactly one. */
  get error(): { message: string; code: string | undefined } | undefined {
    const errors = this.issues.filter((issue) => issue.type === 'error');
    return errors.length === 1 ? errors[0] : undefined;
  }

  input(name: string): string | undefined {
    return this.inputs.get(name);
  }

  variable(name: string): string | undefined {
    return this.variables.get(name);
  }

  connection(inputName: string): ServiceConnection | undefined {
    const found = this.connections.get(this.inputs.get(inputName) ?? '');
    return found && { ...found, url: FakeHost.front(found.url) };
  }

  jobAccessToken(): string | undefined {
    return this.variables.get('System.AccessToken');
  }

  jobConnectionUrl(): string | undefined {
    return this.variables.get('System.CollectionUri');
  }

  network(): ReturnType<Host['network']> {
    return { proxyBypass: [], skipCertificateValidation: false };
  }

  writeLine(line: string): void {
    this.lines.push(line);
  }

  debug(line: string): void {
    this.debugLines.push(line);
  }

  openGroup(title: string): void {
    this.lines.push(title);
  }

  closeGroup(): void {
    this.lines.push('');
  }

  issue(type: 'error' | 'warning', message: string, code?: string): void {
    this.issues.push({ type, message, code });
  }

  setProgress(percent: number, text: string): void {
    this.debugLines.push(`${percent} % ${text}`);
  }

  setOutput(name: string, value: string): void {
    this.outputs.set(name, value);
  }

  setTaskVariable(name: string, value: string): void {
    this.taskVariables.set(name, value);
  }

  taskVariable(name: string): string | undefined {
    return this.taskVariables.get(name);
  }

  maskSecret(value: string): void {
    this.masked.add(value);
  }

  uploadSummary(path: string): void {
    this.summaries.push(path);
  }

  attachFile(type: string, name: string, path: string): void {
    this.attachments.push({ type, name, path });
  }

  uploadArtifact(name: string, folder: string): boolean {
    if (this.kind === 'terminal' || this.variables.get('System.HostType') !== 'build') {
      return false;
    }
    this.artifacts.push({ name, folder });
    return true;
  }

  attachToLog(path: string): void {
    this.attachments.push({ type: 'log', name: path, path });
  }

  publishTestResults(file: { path: string; title: string }): void {
    this.testResults.push(file.path);
  }

  complete(result: AgentResult, message: string): void {
    this.result = result;
    this.message = message;
    const folder = join(this.variables.get('Agent.TempDirectory') ?? '', 'databricks-mlops');
    const named = [...this.summaries, ...this.attachments.map(({ path }) => path), ...this.testResults];
    const elsewhere = named.filter((path) => !path.startsWith(folder) && existsSync(path));
    capture(
      'a task in process',
      [
        this.printed,
        ...this.outputs.values(),
        ...this.taskVariables.values(),
        ...elsewhere.map((path) => readFileSync(path, 'utf8')),
      ].join('\n'),
    );
    captureFolder('a task in process', folder);
  }

  onCancel(listener: () => void): () => void {
    this.cancelListeners.add(listener);
    return () => this.cancelListeners.delete(listener);
  }
}

/** A connection of the token scheme. */
export function tokenConnection(url: string, token: string): ServiceConnection {
  return { id: 'dbx', url, scheme: 'Token', parameters: { apitoken: mustNotAppear(token) }, data: () => undefined };
}
