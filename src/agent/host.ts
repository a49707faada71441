/** A service connection as the agent hands it to a task. */
export interface ServiceConnection {
  /** Endpoint id (GUID); also `serviceConnectionId` of an OIDC request. */
  readonly id: string;
  readonly url: string;
  /** `Token`, `UsernamePassword`, `None`, `WorkloadIdentityFederation`, `ServicePrincipal`, `ManagedServiceIdentity`. */
  readonly scheme: string;
  /** Authorization parameters, secrets among them; names in lower case. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Endpoint data, never secret; read by name because the agent hands over single values. */
  data(name: string): string | undefined;
}

/** How this machine reaches the network. */
export interface NetworkSettings {
  readonly proxy?: { readonly url: string; readonly username?: string; readonly password?: string };
  /** Regular expressions (ECMAScript) of URLs that go without the proxy. */
  readonly proxyBypass: readonly string[];
  readonly caFile?: string;
  readonly clientCertificate?: { readonly certFile: string; readonly keyFile: string; readonly passphrase?: string };
  readonly skipCertificateValidation: boolean;
}

/** Results that the agent knows (`task.complete`), spelled as its enum wants them. */
export type AgentResult = 'Succeeded' | 'SucceededWithIssues' | 'Failed' | 'Canceled';

/** A line of the Tests tab's source. */
export interface TestResultsFile {
  readonly path: string;
  readonly title: string;
}

/**
 * What a task needs of the place where it runs. Two adapters: the pipeline agent (task-lib) and the terminal.
 * Text handed to `writeLine`, `issue`, `complete` and `setProgress` is already neutral (see neutral-text.ts); values of outputs are not: they
 * are data, and a host that prints them makes them neutral itself.
 */
export interface Host {
  readonly kind: 'pipeline' | 'terminal';
  /** Value of an input: `undefined` when the host does not know it (the default of task.json applies), `''` when it is empty. */
  input(name: string): string | undefined;
  /** A pipeline variable such as `System.JobId`. */
  variable(name: string): string | undefined;
  /** The service connection that an input names; `undefined` when the input is empty. */
  connection(inputName: string): ServiceConnection | undefined;
  /** Token of the running job (`SystemVssConnection`). */
  jobAccessToken(): string | undefined;
  /** Address of Azure DevOps in the job's own connection (`SystemVssConnection`), which no step can change. */
  jobConnectionUrl(): string | undefined;
  network(): NetworkSettings;
  writeLine(line: string): void;
  debug(line: string): void;
  openGroup(title: string): void;
  closeGroup(): void;
  issue(type: 'error' | 'warning', message: string, code?: string): void;
  setProgress(percent: number, text: string): void;
  setOutput(name: string, value: string): void;
  /** State for the post-job step of the same task. */
  setTaskVariable(name: string, value: string): void;
  taskVariable(name: string): string | undefined;
  /** Masks this very text from now on. */
  maskSecret(value: string): void;
  uploadSummary(path: string): void;
  attachFile(type: string, name: string, path: string): void;
  /** Uploads a folder as build artifact; `false` where this host has no artifacts (classic release, terminal). */
  uploadArtifact(name: string, folder: string): boolean;
  /** Adds a file to the log's downloads. */
  attachToLog(path: string): void;
  publishTestResults(file: TestResultsFile): void;
  complete(result: AgentResult, message: string): void;
  /** `listener` runs at the first SIGINT, SIGTERM or Ctrl-Break. Returns a function that removes it. */
  onCancel(listener: () => void): () => void;
}
