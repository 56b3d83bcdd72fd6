import { isAutomationName } from '@/lib/connectors/account-model';
import { partiesOf, said } from '@/lib/connectors/microsoft365/read-normalise';
import { type Loose, numberOf, objectOf } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';

type Identity = SessionEventInput['identity'];

/** `UserType` of the Office 365 Management Activity API. */
const [DATACENTER, SYSTEM, APPLICATION, SERVICE_PRINCIPAL, CUSTOM_POLICY, SYSTEM_POLICY] = [3, 4, 5, 6, 7, 8];
const SYSTEMS =
  /^(?:nt authority\\|nt service\\|s-1-5-(?:18|19|20)$|sharepoint\\system|app@sharepoint|system$|securitycomplianceinsights|microsoft(?:office)?operator|bot:)|@microsoft\.com:|^[a-z]{2,5}pr\d{2}[a-z]\d{2}\d/i;

/**
 * Who did it. `UserId` is written in any case, so it is folded. Applications come as user type 5 or 6, as
 * `ServicePrincipal_<uuid>`, or as a bare uuid. The service itself (system, policies, data centre) is a workload. null: nobody.
 */
export function identityOf(record: Loose): Identity | null {
  const userId = said(record.UserId, 400)?.toLowerCase() ?? null;
  const type = numberOf(record.UserType);
  const actor = partiesOf(record.Actor);
  const typed = /^(serviceprincipal|user)_([0-9a-f-]{36})$/.exec(userId ?? '');
  const principal =
    typed?.[1] === 'serviceprincipal' ? typed[2]! : actor?.type === 'ServicePrincipal' ? actor.id : null;
  const context = objectOf(record.AppAccessContext);
  if (principal || type === APPLICATION || type === SERVICE_PRINCIPAL) {
    const id =
      principal ?? said(record.AppId, 100)?.toLowerCase() ?? said(context.ClientAppId, 100)?.toLowerCase() ?? userId;
    if (!id) return null;
    const name = actor?.name ?? said(context.ClientAppName, 200) ?? said(record.ApplicationDisplayName, 200) ?? id;
    return { issuer: 'microsoft365', type: 'servicePrincipal', externalId: id, name, kind: 'service_account' };
  }
  if (!userId) return null;
  if (isSystem(record))
    return { issuer: 'microsoft365', type: 'system', externalId: userId, name: userId, kind: 'workload' };
  const kind = /^[0-9a-f-]{36}$/.test(userId) || isAutomationName(userId) ? 'service_account' : 'human';
  return { issuer: 'microsoft365', type: 'user', externalId: typed?.[2] ?? userId, name: userId, kind };
}

/** Whether the service itself did it, in nobody's session. */
export function isSystem(record: Loose): boolean {
  const type = numberOf(record.UserType);
  return (
    type === DATACENTER ||
    type === SYSTEM ||
    type === CUSTOM_POLICY ||
    type === SYSTEM_POLICY ||
    SYSTEMS.test(said(record.UserId, 400) ?? '')
  );
}
