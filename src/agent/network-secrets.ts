/**
 * The secrets among the network settings of the agent. They are taken out of the process' environment, and this file is loaded before
 * task-lib, which writes every variable that it reads to the debug log, these among them as soon as it is loaded. The agent masks them
 * there by the letter; what is not written needs no mask. Source: variables `Agent.ProxyPassword` and `Agent.ClientCertPassword` of the
 * agent, which come to a process as `SECRET_…`.
 */
export const networkSecrets = {
  /** `''` when there is none. */
  proxyPassword: taken('AGENT_PROXYPASSWORD'),
  /** Passphrase of the key of the client certificate, `''` when there is none. */
  passphrase: taken('AGENT_CLIENTCERTPASSWORD'),
} as const;

function taken(name: string): string {
  const names = [`SECRET_${name}`, name];
  const value = names.map((each) => process.env[each] ?? '').find((text) => text !== '') ?? '';
  for (const each of names) {
    delete process.env[each];
  }
  return value;
}
