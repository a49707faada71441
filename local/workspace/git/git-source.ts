/** What is wanted of a repository. */
export interface GitReference {
  readonly kind: 'branch' | 'tag' | 'commit';
  readonly name: string;
}

/** Where the sources of a run come from; checked (see `jobs/git-source.ts`). */
export interface GitSource {
  readonly url: string;
  /** As the job names it, such as `azureDevOpsServices`. */
  readonly provider: string;
  readonly reference: GitReference;
}
