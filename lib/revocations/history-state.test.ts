import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CHANGES_KEPT, cameTo } from '@/lib/revocations/history-state';
import type { CameTo } from '@/lib/revocations/model';

test('a history has each change once, in order; of very many the first and the newest stay', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('requested', 'failed', 'accepted', 'verified'), { maxLength: 400 }),
      (came) => {
        let history: CameTo<string>[] = [];
        for (const [ms, state] of came.entries()) history = cameTo(history, state, new Date(ms));
        const changes = came.flatMap((state, ms) =>
          state === came[ms - 1] ? [] : [{ state, at: new Date(ms).toISOString() }],
        );
        const kept = changes.length > CHANGES_KEPT ? [changes[0], ...changes.slice(1 - CHANGES_KEPT)] : changes;
        expect(history).toEqual(kept);
      },
    ),
  );
});
