import { IMPLICIT_STAGE } from '../expand/normal-form/pipeline';

/** How Azure DevOps heads the jobs of a pipeline without stages. */
const WITHOUT_STAGES = 'Jobs';

/** What a stage, job or step is called before people. */
export function titleOf({ displayName, name }: { readonly displayName: string; readonly name: string }): string {
  const title = displayName === '' ? name : displayName;
  return title === IMPLICIT_STAGE ? WITHOUT_STAGES : title;
}

/** Whether a stage is only there because each job has one. */
export function isImplicitStage({ name }: { readonly name: string }): boolean {
  return name === IMPLICIT_STAGE;
}
