import type { FoundIdentity } from '@/lib/connectors/contract';
import type { Connector } from '@/lib/connectors/declared';
import { type Catalog, catalogOf } from '@/lib/connectors/vault/catalog';
import {
  displayOf,
  entityIdentity,
  roleIdentity,
  type Token,
  toSession,
  unnamed,
  unnamedIdentity,
} from '@/lib/connectors/vault/catalog-normalise';
import { abreast, openClient } from '@/lib/connectors/vault/client';
import { block, canEnter, endAll, endLeases, endOne, predict, unblock } from '@/lib/connectors/vault/end';
import { type Config, manifest } from '@/lib/connectors/vault/manifest';
import { enterAsCanary, probeIdentity, probeSession } from '@/lib/connectors/vault/probe';
import { probeRotated } from '@/lib/connectors/vault/probe-rotated';
import { rotateSecret } from '@/lib/connectors/vault/rotate';
import { standing } from '@/lib/connectors/vault/standing';
import { type Deps, isOf } from '@/lib/connectors/vault/who';
import { BraidError } from '@/lib/platform/errors';
import { textOf } from '@/lib/sessions/loose-model';

function nameless(tokens: Token[], known: string[], own: string): FoundIdentity[] {
  const displays = new Set(known.flatMap((one) => displayOf(one) ?? []));
  for (const token of tokens) if (!token.entity) displays.add(token.display);
  return [...displays].map((display) =>
    unnamedIdentity(
      display,
      tokens.filter((token) => !token.entity && unnamed(token.display) === unnamed(display)),
      own,
    ),
  );
}

async function discover({ own }: Deps, catalog: Catalog, config: Config, known: string[]): Promise<FoundIdentity[]> {
  const [entities, roles, tokens] = [await catalog.entities(), await catalog.appRoles(), await catalog.tokens()];
  const longestSecs = config.longestTtlHours * 3600;
  return [
    ...entities.map((entity) =>
      entityIdentity(
        entity,
        { entity: own.entity, longestSecs },
        roles.filter((role) => isOf(entity, role)),
        tokens.filter((token) => token.entity === entity.id),
      ),
    ),
    ...roles.filter((role) => !entities.some((entity) => isOf(entity, role))).map(roleIdentity),
    ...nameless(tokens, known, own.accessor),
  ];
}

/**
 * The switch is the entity: disabled, none of its logins succeeds and every token it has is refused at once, batch tokens
 * too. Tokens are then revoked so that enabling it again brings none of them back. Pause is the same switch.
 */
export const vault: Connector<typeof manifest> = {
  manifest,
  async connect(config, secrets, { notes }) {
    const client = await openClient(config, secrets);
    const self = await client.call('GET', 'auth/token/lookup-self');
    const accessor = textOf(self.data.accessor, 200);
    if (!accessor)
      throw new BraidError('connector.refused', 'The connector’s token has no accessor: a batch token can’t be used.');
    const catalog = catalogOf(client);
    const deps: Deps = { client, catalog, notes, own: { accessor, entity: textOf(self.data.entity_id, 200) } };
    return {
      test: () => standing(deps, config),
      discover: (known = []) => discover(deps, catalog, config, known),
      async listSessions() {
        const tokens = await catalog.tokens();
        return abreast(
          tokens.filter((token) => token.accessor !== accessor),
          async (token) => toSession(token, await catalog.ownerOf(token)),
        );
      },
      terminateSession: (session) => endOne(deps, session),
      canEnter: (externalId) => canEnter(deps, externalId),
      blockIdentity: (externalId) => block(deps, externalId),
      pauseIdentity: (externalId) => block(deps, externalId),
      endSessions: (externalId) => endAll(deps, externalId),
      endDerived: (externalId) => endLeases(deps, externalId),
      restoreIdentity: (externalId) => unblock(deps, externalId),
      probeIdentity: (externalId) => probeIdentity(deps, externalId),
      probeSession: (session) => probeSession(deps, session),
      rotateSecret: (externalId, rotation) => rotateSecret(deps, externalId, rotation),
      probeRotated: (externalId, rotation) => probeRotated(deps, externalId, rotation),
      predict: (externalId) => predict(deps, externalId),
      enterAsCanary: (externalId) => enterAsCanary(deps, config, secrets, externalId),
      async close() {},
    };
  },
};
