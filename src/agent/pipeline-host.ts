// Before task-lib, from whose debug log it keeps them.
import './network-secrets';
import * as taskLib from 'azure-pipelines-task-lib/task';
import type { Host, NetworkSettings, ServiceConnection } from './host';
import { networkSecrets } from './network-secrets';

/** The agent of Azure Pipelines, through azure-pipelines-task-lib. The only file that knows logging commands; in classic releases: [U]. */
export function createPipelineHost(): Host {
  return {
    kind: 'pipeline',
    input: (name) => taskLib.getInput(name) ?? '',
    variable: (name) => taskLib.getVariable(name),
    connection: (inputName) => connectionOf(taskLib.getInput(inputName)),
    jobAccessToken: () => taskLib.getEndpointAuthorization('SystemVssConnection', true)?.parameters['AccessToken'],
    // In capitals, as the agent writes it: the name of an environment variable counts its case.
    jobConnectionUrl: () => taskLib.getEndpointUrl('SYSTEMVSSCONNECTION', true),
    network: networkSettings,
    writeLine: (line) => console.log(line),
    debug: (line) => taskLib.debug(line),
    openGroup: (title) => console.log(`##[group]${title}`),
    closeGroup: () => console.log('##[endgroup]'),
    issue: (type, message, code) =>
      taskLib.command('task.logissue', code === undefined ? { type } : { type, code }, message),
    setProgress: (percent, text) => taskLib.command('task.setprogress', { value: String(percent) }, text),
    setOutput: (name, value) => taskLib.setVariable(name, value, false, true),
    setTaskVariable: (name, value) => taskLib.setTaskVariable(name, value),
    taskVariable: (name) => taskLib.getTaskVariable(name),
    maskSecret: maskLines,
    uploadSummary: (path) => taskLib.command('task.uploadsummary', null, path),
    attachFile: (type, name, path) => taskLib.command('task.addattachment', { type, name }, path),
    uploadArtifact: (name, folder) => {
      if ((taskLib.getVariable('System.HostType') ?? 'build') !== 'build') {
        return false;
      }
      taskLib.command('artifact.upload', { artifactname: name, containerfolder: name }, folder);
      return true;
    },
    attachToLog: (path) => taskLib.command('task.uploadfile', null, path),
    publishTestResults: ({ path, title }) =>
      taskLib.command(
        'results.publish',
        { type: 'JUnit', mergeResults: 'true', runTitle: title, resultFiles: path, publishRunAttachments: 'true' },
        '',
      ),
    // Not `setResult`: task-lib spells the result of a cancelled task 'Cancelled', which the agent refuses.
    complete: (result, message) => taskLib.command('task.complete', { result, done: 'true' }, message),
    onCancel: listenForSignals,
  };
}

function connectionOf(id: string | undefined): ServiceConnection | undefined {
  if (id === undefined || id === '') {
    return undefined;
  }
  // Not `getEndpointAuthorizationParameter`: it writes the credential to the debug log.
  const authorization = taskLib.getEndpointAuthorization(id, false);
  const parameters = Object.entries(authorization?.parameters ?? {}).map(([key, value]) => [key.toLowerCase(), value]);
  return {
    id,
    url: taskLib.getEndpointUrl(id, false) ?? '',
    scheme: authorization?.scheme ?? '',
    parameters: Object.fromEntries(parameters) as Record<string, string>,
    data: (name) => taskLib.getEndpointDataParameter(id, name, true),
  };
}

function networkSettings(): NetworkSettings {
  const proxy = taskLib.getHttpProxyConfiguration();
  const certificates = taskLib.getHttpCertConfiguration();
  return {
    ...(proxy === null ? {} : { proxy: proxyOf(proxy) }),
    proxyBypass: proxy?.proxyBypassHosts ?? [],
    ...(certificates?.caFile ? { caFile: certificates.caFile } : {}),
    ...(certificates?.certFile && certificates.keyFile
      ? {
          clientCertificate: {
            certFile: certificates.certFile,
            keyFile: certificates.keyFile,
            ...(networkSecrets.passphrase === '' ? {} : { passphrase: networkSecrets.passphrase }),
          },
        }
      : {}),
    skipCertificateValidation: taskLib.getVariable('Agent.SkipCertValidation')?.toLowerCase() === 'true',
  };
}

function proxyOf(proxy: taskLib.ProxyConfiguration): NonNullable<NetworkSettings['proxy']> {
  return {
    url: proxy.proxyUrl,
    ...(proxy.proxyUsername ? { username: proxy.proxyUsername } : {}),
    ...(networkSecrets.proxyPassword === '' ? {} : { password: networkSecrets.proxyPassword }),
  };
}

/** The agent masks line by line, and task-lib refuses secrets of several lines. */
function maskLines(value: string): void {
  for (const line of value.split(/\r?\n/)) {
    if (line.trim() !== '') {
      taskLib.setSecret(line);
    }
  }
}

/** The agent sends SIGINT, 7.5 s later SIGTERM (on Windows Ctrl-C, then Ctrl-Break). */
function listenForSignals(listener: () => void): () => void {
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGBREAK'];
  for (const signal of signals) {
    process.on(signal, listener);
  }
  return () => {
    for (const signal of signals) {
      process.removeListener(signal, listener);
    }
  };
}
