import type { CheckRunRecord } from '../record/run-record';

/** A check's type as configurations and check runs name it. Ids: approvals and checks REST, terraform-provider-azuredevops. */
export interface CheckType {
  readonly id: string;
  readonly name: string;
}

const APPROVAL: CheckType = { id: '8c6f20a7-a545-4486-9777-f762fafe0d4d', name: 'Approval' };
const TASK_CHECK: CheckType = { id: 'fe1de3ee-a436-41b4-bb20-f6eb4cb879a7', name: 'Task Check' };
const EXCLUSIVE_LOCK: CheckType = { id: '2ef31ad6-baa0-403a-8b45-2cbc9b4e5563', name: 'ExclusiveLock' };

export const CHECK_TYPES: Readonly<Record<CheckRunRecord['kind'], CheckType>> = {
  approval: APPROVAL,
  branchControl: TASK_CHECK,
  businessHours: TASK_CHECK,
  exclusiveLock: EXCLUSIVE_LOCK,
};
