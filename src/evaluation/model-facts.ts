/** What compliance checks look at, as the registry and the model's own files state it. */
export interface ModelFacts {
  /** Empty when there is none. */
  readonly description: string;
  /** Tags of the version; those of the registered model stand in where the version has none of that name. */
  readonly tags: Readonly<Record<string, string>>;
  /** `undefined` when the model was definitely logged without a signature. */
  readonly signature: { readonly inputs: boolean; readonly outputs: boolean } | undefined;
}
