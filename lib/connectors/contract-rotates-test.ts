import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Rotation } from '@/lib/connectors/contract';
import { has, type Run, took, until } from '@/lib/connectors/contract-subject';
import { clock } from '@/lib/platform/clock';

/** Runs last: the identity has another secret afterwards. */
export function rotates({ subject, timed, manifest }: Run): void {
  const rotation = (): Rotation => ({
    since: clock.now().toISOString(),
    fresh: randomBytes(32).toString('base64url'),
  });

  test('a new secret: the old one opens nothing, what it had opened ends, the new one comes in; twice leaves one that works', async () => {
    const { connection, identity, differs } = subject();
    const client = await subject().open();
    expect(await client!.alive()).toBe(true);
    const asked = rotation();
    const before = await connection.probeRotated!(identity, { ...asked, secret: {} });
    expect(before.result).not.toBe('gone');
    const first = await timed('rotate', () => connection.rotateSecret!(identity, asked));
    took(first, 1);
    expect(Object.values(first.secret).join('').length).toBeGreaterThanOrEqual(16);
    const again = await connection.rotateSecret!(identity, asked);
    took(again);
    const refused = await until(
      subject(),
      () => subject().open(),
      (opened) => !opened,
    );
    if (!differs?.blockNotEnforced) expect(refused).toBeUndefined();
    await connection.endSessions!(identity);
    await connection.endDerived?.(identity, 'rotate');
    if (!differs?.livesOn)
      expect(
        await until(
          subject(),
          () => client!.alive(),
          (still) => !still,
        ),
      ).toBe(false);
    const wanted = differs?.rotationProof ?? differs?.proof ?? { result: 'gone' as const };
    const probed = await timed('probeRotated', () =>
      until(
        subject(),
        () => connection.probeRotated!(identity, { ...asked, secret: again.secret }),
        (seen) => seen.result === wanted.result,
      ),
    );
    expect(probed.result).toBe(wanted.result);
    expect([...new Set(probed.residuals.map((residual) => residual.gap))]).toEqual(wanted.gaps ?? []);
    expect(await connection.canEnter!(identity)).toBe(true);
    await subject().adopt!(again.secret);
    const entered = await until(
      subject(),
      () => subject().open(),
      (opened) => opened !== undefined,
    );
    expect(await entered!.alive()).toBe(true);
  });

  test('what is protected gets no new secret', async () => {
    const { connection, protectedIdentity } = subject();
    if (!protectedIdentity || !has(manifest.capabilities.revokeAll)) return;
    await expect(connection.rotateSecret!(protectedIdentity, rotation())).rejects.toMatchObject({
      code: 'connector.protected',
    });
  });
}
