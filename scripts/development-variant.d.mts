export function uuidV5(name: string, namespace: string): string;
export function developmentManifest<T>(manifest: T): T;
export function developmentTask<T>(task: T, connectionTypes: readonly string[]): T;
