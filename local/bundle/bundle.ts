import type { Fields } from './fields';

/** A job of a bundle, ready for `POST /api/2.2/jobs/create` but for `${resources.jobs.KEY.id}`, which a deployment puts in. */
export interface BundleJob {
  /** Key below `resources.jobs`. */
  readonly key: string;
  readonly name: string;
  readonly settings: Fields;
}

/** A bundle as it is deployed here. */
export interface Bundle {
  readonly name: string;
  /** Where its files lie in the workspace. */
  readonly files: string;
  /** A job comes after those whose ids it names. */
  readonly jobs: readonly BundleJob[];
  /** A sentence each on what happens here otherwise than with the Databricks CLI. */
  readonly warnings: readonly string[];
}

/** For what a bundle is read. */
export interface BundleValues {
  /** Default: the target named like the environment, else the one with `default: true`, else the only one. */
  readonly target?: string;
  readonly environment?: string;
  /** Folder of the workspace below which each bundle has its folder; its files lie in `<root>/<bundle>/<commit>/files`. */
  readonly root: string;
  readonly commit: string;
  /** Who deploys, `${workspace.current_user.userName}`; the e-mail of a user or the application id of a service principal. */
  readonly userName: string;
  /** Win over the target's and the declared defaults; those that the bundle does not declare do not count. */
  readonly variables: Readonly<Record<string, string>>;
}

/** A bundle's own name with the values it is read for. */
export type NamedBundleValues = BundleValues & { readonly name: string };
