import type { Tested } from '@/lib/connectors/contract';
import type { Deps } from '@/lib/connectors/google/read';
import { listOf, objectOf } from '@/lib/sessions/loose-model';

/** What a role of one’s own for Braid holds, and nothing else. */
export const NEEDED: [permission: string, what: string][] = [
  ['iam.serviceAccounts.list', 'list service accounts'],
  ['iam.serviceAccounts.get', 'read how one stands'],
  ['iam.serviceAccounts.disable', 'disable a service account'],
  ['iam.serviceAccounts.enable', 'give it back'],
  ['iam.serviceAccounts.getIamPolicy', 'tell who acts as it'],
  ['iam.serviceAccountKeys.list', 'list keys'],
  ['iam.serviceAccountKeys.get', 'read how one stands'],
  ['iam.serviceAccountKeys.disable', 'disable a key'],
  ['iam.serviceAccountKeys.enable', 'give it back'],
  ['iam.serviceAccountKeys.create', 'make another key in a rotation'],
  ['iam.serviceAccountKeys.delete', 'replace one that nobody has, or make room for it'],
  ['resourcemanager.projects.getIamPolicy', 'tell whether it could make tokens of others'],
  ['logging.logEntries.list', 'read audit logs'],
  ['logging.privateLogEntries.list', 'read audit logs of data access'],
];

/** Google itself says which of the permissions Braid has, per project. */
export async function rights({ client, config, canary }: Deps): Promise<Tested> {
  const checks: Tested['checks'] = [];
  for (const project of config.projects) {
    const path = `/v3/projects/${project}:testIamPermissions`;
    const json = { permissions: NEEDED.map(([permission]) => permission) };
    const reply = await client.send('cloudresourcemanager', 'POST', path, { json });
    if (reply.status !== 200) {
      const fix = `Check the project’s id, and that the Resource Manager API is enabled: gcloud services enable cloudresourcemanager.googleapis.com iam.googleapis.com logging.googleapis.com --project ${project}`;
      checks.push({ check: `Project ${project}`, ok: false, detail: `Google answered ${reply.status}.`, fix });
      continue;
    }
    const has = new Set(listOf(objectOf(reply.body).permissions, 100).map(String));
    const missing = NEEDED.filter(([permission]) => !has.has(permission));
    const member = client.me ?? 'SERVICE_ACCOUNT';
    const fix = [
      `gcloud iam roles create braid --project ${project} --title Braid --permissions ${NEEDED.map(([permission]) => permission).join(',')}`,
      `gcloud projects add-iam-policy-binding ${project} --member serviceAccount:${member} --role projects/${project}/roles/braid`,
    ].join('\n');
    checks.push({
      check: `Project ${project}`,
      ok: missing.length === 0,
      detail: missing.length
        ? `Missing ${missing.map(([permission, what]) => `${permission} (${what})`).join(', ')}.`
        : `All ${NEEDED.length} permissions are there.`,
      ...(missing.length ? { fix } : {}),
    });
  }
  checks.push(...(await canary.check()));
  return { ok: checks.every((check) => check.ok), checks };
}
