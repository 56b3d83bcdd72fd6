import { expect } from 'vitest';
import type { Subject } from '@/lib/connectors/contract-subject';
import { BRAID, connectTo, lets, PAY, RUNNER, startTenant } from '@/lib/connectors/entra/testing-connection';

/** What the suite tries, in a tenant of its own, with these settings. */
export async function subjectOf(more: Record<string, string> = {}): Promise<Subject> {
  const world = await startTenant();
  let secret = 'of payments';
  return {
    connection: await connectTo(world, more),
    system: { kind: 'double', name: 'Microsoft Graph v1.0, from the description in its own SDK' },
    identity: PAY,
    protectedIdentity: BRAID,
    // What a client holds is an access token that lives its hour, whatever Entra says meanwhile.
    open: async () => ((await lets(world, PAY, secret)) && world.signIn(PAY) ? { alive: async () => true } : undefined),
    bystander: {
      identity: RUNNER,
      open: async () => (world.principals.get(RUNNER)!.accountEnabled ? { alive: async () => true } : undefined),
    },
    withoutHeld: () => connectTo(world, { ...more, canary: '', canarySecret: '' }),
    adopt: (given) => {
      secret = given['client secret']!;
    },
    remove: () => world.remove(PAY),
    differs: { livesOn: true, proof: { result: 'gone', gaps: ['G2'] } },
    close: async () => {
      expect(world.double.violations).toEqual([]);
      await world.double.close();
    },
  };
}
