import type { CheckRunRecord } from '../../local/pipelines/record/run-record';
import type {
  ApprovalCheck,
  Decision,
  EnvironmentChecks,
  PendingApproval,
} from '../../local/pipelines/run/run-request';
import { type FakeRun, type Ran, runOf, stageOf } from './pipeline-run';

export const ADA = { id: 'ada@contoso.com', name: 'Ada' };
export const BO = { id: 'bo@contoso.com', name: 'Bo' };
export const CY = { id: 'cy@contoso.com', name: 'Cy' };

export function approval(given: Partial<ApprovalCheck> = {}): ApprovalCheck {
  return {
    approvers: [BO, CY],
    minimumApprovers: 1,
    requesterMayApprove: true,
    instructions: 'Look.',
    timeoutMinutes: 60,
    ...given,
  };
}

/** The gate of the templates: judge, approve, promote; with the condition that promotes only behind an approval. */
export function gate(
  approveKeys = 'isSkippable: false',
  condition = `and(not(canceled()), eq(dependencies.evaluate.result, 'Succeeded'), eq(dependencies.approve.result, 'Succeeded'))`,
): string {
  return `stages:
- stage: evaluate
  jobs: [{ job: main, steps: [] }]
- stage: approve
  ${approveKeys}
  jobs:
  - deployment: main
    environment: model
    strategy: { runOnce: { deploy: { steps: [] } } }
- stage: promote
  dependsOn: [evaluate, approve]
  condition: ${condition}
  jobs: [{ job: main, steps: [] }]
- stage: report
  dependsOn: evaluate
  jobs: [{ job: main, steps: [] }]`;
}

export function answering(...decisions: readonly Decision[]): {
  readonly asked: PendingApproval[];
  readonly messages: (string | undefined)[];
  decide(pending: PendingApproval): Promise<Decision>;
} {
  const rest = [...decisions];
  const asked: PendingApproval[] = [];
  const messages: (string | undefined)[] = [];
  return {
    asked,
    messages,
    decide: async (pending) => {
      asked.push(pending);
      messages.push(pending.check.message);
      return rest.shift() ?? { kind: 'left' };
    },
  };
}

export function says(kind: 'approved' | 'rejected' | 'bypassed', by: string): Decision {
  return { kind, by, comment: 'because' };
}

export async function runGate(
  decisions: readonly Decision[],
  checks: Partial<EnvironmentChecks>,
  fake: FakeRun = {},
  yaml = gate(),
): Promise<Ran & ReturnType<typeof answering>> {
  const answers = answering(...decisions);
  const ran = await runOf(yaml, {
    ...fake,
    environments: { model: checks },
    request: { decide: answers.decide, ...fake.request },
  });
  return { ...ran, ...answers };
}

export function checksOf(ran: Pick<Ran, 'record'>): readonly CheckRunRecord[] {
  return stageOf(ran, 'approve').checkpoint?.checks ?? [];
}
