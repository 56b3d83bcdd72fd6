import { isAutomationName } from '@/lib/connectors/account-model';
import { callerOf } from '@/lib/connectors/caller-model';
import { type DirectoryChange, directoryConsent, directoryLife, keyChange } from '@/lib/connectors/directory-model';
import { keyed, said } from '@/lib/connectors/entra/read-normalise';
import { agentFamily, isBrowser } from '@/lib/sessions/agent-model';
import { type Loose, listOf, objectOf, saying, textOf } from '@/lib/sessions/loose-model';
import type { SessionEventInput } from '@/lib/sessions/model';

/** A pause longer than this splits a session that is only inferred, seconds. */
const GAP_SECS = 1800;

/** One activity of the directory audit log. null: nobody is named who did it. */
export function activityOf(told: Loose, at: string): Omit<SessionEventInput, 'source' | 'eventId' | 'at'> | null {
  const initiator = objectOf(told.initiatedBy);
  const [user, app] = [objectOf(initiator.user), objectOf(initiator.app)];
  const identity = identityOf(user, app);
  const activity = textOf(told.activityDisplayName, 190);
  if (!identity || !activity) return null;
  const address = callerOf(said(user.ipAddress, 300) ?? said(app.ipAddress, 300));
  const agent = agentFamily(keyed(told.additionalDetails, 'User-Agent'));
  const linked = objectOf(initiator.linkableIdentifiers);
  const native = said(linked.sessionId, 200)?.toLowerCase();
  const change = changeOf(told, activity);
  const passed = !/^(?:failure|timeout)$/i.test(textOf(told.result, 40) ?? 'success');
  const life = passed ? directoryLife(change) : undefined;
  const consent = passed ? directoryConsent(change, identity.name, at) : undefined;
  const inferred = address.network ? [identity.externalId, address.network, agent].filter(Boolean).join(' ') : null;
  const key = native ?? inferred;
  const keys = keyChange(change);
  const target = change.targets[0];
  return {
    identity,
    session: key
      ? {
          key,
          kind: isBrowser(agent) ? 'browser' : 'api',
          label: `Entra ID · ${address.network ?? 'no address'}`,
          phase: 'seen',
          gapSecs: GAP_SECS,
          observedBy: native ? 'native' : 'inferred',
        }
      : null,
    credential: null,
    action: activity,
    class: classOf(activity),
    outcome: passed ? 'success' : 'failure',
    network: address.network,
    region: null,
    agent,
    resource: target ? `${target.type} ${target.name ?? target.id}`.trim().slice(0, 1024) : null,
    attributes: saying({
      category: said(told.category, 60),
      service: said(told.loggedByService, 100),
      reason: passed ? null : said(told.resultReason, 300),
      correlation: said(told.correlationId, 100),
      keysAdded: keys.added.join(' '),
      keysRemoved: keys.removed.join(' '),
      sourceAddress: address.written,
    }),
    ...(life ? { life } : {}),
    ...(consent ? { consent } : {}),
  };
}

function identityOf(user: Loose, app: Loose): SessionEventInput['identity'] | null {
  const login = said(user.userPrincipalName, 300)?.toLowerCase() ?? null;
  const id = said(user.id, 100)?.toLowerCase() ?? login;
  if (id) {
    const kind = isAutomationName(login) ? 'service_account' : 'human';
    return { issuer: 'entra', type: 'user', externalId: id, name: login ?? said(user.displayName, 300) ?? id, kind };
  }
  const principal = said(app.servicePrincipalId, 100) ?? said(app.appId, 100) ?? said(app.displayName, 200);
  if (!principal) return null;
  const name = said(app.displayName, 300) ?? said(app.servicePrincipalName, 300) ?? principal;
  return {
    issuer: 'entra',
    type: 'servicePrincipal',
    externalId: principal.toLowerCase(),
    name,
    kind: 'service_account',
  };
}

function changeOf(told: Loose, activity: string): DirectoryChange {
  const targets: DirectoryChange['targets'] = [];
  const modified: DirectoryChange['modified'] = [];
  for (const one of listOf(told.targetResources, 16)) {
    const target = objectOf(one);
    const id = said(target.id, 400);
    const name = said(target.userPrincipalName, 300) ?? said(target.displayName, 300);
    if (id) targets.push({ id: id.toLowerCase(), type: textOf(target.type, 60) ?? '', name });
    for (const each of listOf(target.modifiedProperties, 64)) {
      const property = objectOf(each);
      const named = textOf(property.displayName, 100);
      if (!named) continue;
      modified.push({
        name: named,
        before: textOf(property.oldValue, 20_000) ?? '',
        after: textOf(property.newValue, 20_000) ?? '',
      });
    }
  }
  return { activity, targets, modified };
}

function classOf(activity: string): SessionEventInput['class'] {
  if (/approv/i.test(activity)) return 'approval';
  if (/export|download/i.test(activity)) return 'export';
  if (/^(?:get|list|read|view|validate|evaluate)\b/i.test(activity)) return 'read';
  return /sign.?in|self-service password reset flow|redeem/i.test(activity) ? 'session' : 'change';
}
