/** Application id of Azure Databricks in every Entra tenant; tokens for a workspace are issued for it. */
export const DATABRICKS_RESOURCE_ID = '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d';

/** Zones of workspace addresses and the Entra authority that issues tokens for them. */
const AUTHORITIES: readonly (readonly [zone: string, authority: string])[] = [
  ['.azuredatabricks.net', 'https://login.microsoftonline.com'],
  ['.databricks.azure.us', 'https://login.microsoftonline.us'],
  ['.databricks.azure.cn', 'https://login.chinacloudapi.cn'],
];

/** Entra authority for a workspace by its address; the public cloud for any other name (private DNS, own domain). */
export function authorityOf(workspaceUrl: string): string {
  const host = new URL(workspaceUrl).hostname;
  const found = AUTHORITIES.find(([zone]) => host.endsWith(zone));
  return found?.[1] ?? 'https://login.microsoftonline.com';
}
