/** Whether a name is that of a user, an address; service principals are called by their application id. */
export function isUserName(name: string): boolean {
  return name.includes('@');
}
