import { type Kept, keepGiven, keepTaken, type Storing } from '@/lib/consents/kept/store';
import { scopesIn } from '@/lib/consents/scope-state';
import { derivedId } from '@/lib/platform/ids';
import type { SessionEventInput } from '@/lib/sessions/model';

const TAKES_BACK =
  /consent\.revoke|revoke_consent|revoke_grant|remove delegated permission grant|remove oauth2permissiongrant|remove app role assignment|oauth_authorization\.destroy|oauth_app_access_denied|integration_installation\.destroy|token\.revoke$/i;

interface Told {
  id: string;
  identityId: string;
  event: SessionEventInput;
}

/** The app a consent is about, by the most certain name the event has for it. */
const appOf = ({ consent, resource, credential, attributes }: SessionEventInput): string | null => {
  const client = attributes.client ?? attributes.clientId ?? attributes.application;
  return consent?.id ?? (typeof client === 'string' ? client : null) ?? resource ?? credential?.externalId ?? null;
};

/** Keeps in the inventory which apps these events say were allowed, and which are no longer. In the transaction that stores them. */
export async function keepConsents(
  db: Storing,
  told: readonly Told[],
  connectorOf: (event: SessionEventInput) => string | undefined = () => undefined,
): Promise<void> {
  const given: Kept[] = [];
  const taken: Parameters<typeof keepTaken>[1] = [];
  for (const { id: eventId, identityId, event } of told) {
    const { source, at, consent, outcome } = event;
    const app = appOf(event)?.slice(0, 512);
    const connectorId = connectorOf(event) ?? null;
    if (consent && app) {
      const grantor = (consent.by ?? event.identity.name).slice(0, 300);
      given.push({
        id: derivedId('consent', source, app, grantor),
        ownId: connectorId ? derivedId('consent', source, app, grantor, connectorId) : null,
        connectorId,
        source,
        app,
        grantor,
        identityId,
        scopes: scopesIn(consent.scope),
        at: consent.at ?? at,
        until: consent.until ?? null,
        eventId,
      });
    } else if (outcome === 'success' && TAKES_BACK.test(event.action)) {
      const names = [app, event.resource, event.life?.externalId].filter((name) => typeof name === 'string');
      if (names.length > 0)
        taken.push({
          source,
          connectorId,
          identityId,
          names,
          resource: event.resource,
          at,
          by: event.identity.name.slice(0, 300),
        });
    }
  }
  if (given.length > 0) await keepGiven(db, given);
  if (taken.length > 0) await keepTaken(db, taken);
}
