/** How the machine reaches the network, as the agent is configured; certificates by their files. */
export interface DevOpsNetwork {
  readonly proxy?: { readonly url: string; readonly username?: string; readonly password?: string };
  /** Regular expressions (ECMAScript) of URLs that go without the proxy. */
  readonly proxyBypass: readonly string[];
  readonly caFile?: string;
  readonly clientCertificate?: { readonly certFile: string; readonly keyFile: string; readonly passphrase?: string };
  readonly skipCertificateValidation: boolean;
}

/** The job's own connection to Azure DevOps, and where the job stands. */
export interface DevOpsAccess {
  /** URL of the connection, never of a variable, which a step can set. Ends in a slash. */
  readonly collectionUrl: string;
  readonly token: string;
  readonly network: DevOpsNetwork;
  /** GUID or name. */
  readonly project: string;
  /** `Build.BuildId` of this run. */
  readonly runId: string;
  readonly signal: AbortSignal;
  readonly userAgent: string;
  readonly debug: (line: string) => void;
}
