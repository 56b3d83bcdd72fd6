import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expiryOf, fingerprint, toSession } from '@/lib/connectors/oidc/found-normalise';
import {
  HELD_KINDS,
  type Held,
  readClients,
  readHeld,
  writeClients,
  writeHeld,
} from '@/lib/connectors/oidc/settings-model';
import { BraidError } from '@/lib/platform/errors';

const word = fc.stringMatching(/^[A-Za-z0-9._~-]{1,40}$/);
const held: fc.Arbitrary<Held> = fc
  .record({ client: word, kind: fc.constantFrom(...HELD_KINDS), value: word })
  .map((one) => (one.kind === 'registration' ? { ...one, uri: 'https://idp.example.org/reg/x' } : one));

test('what was read is written as it was, whatever is held', () => {
  fc.assert(fc.property(fc.array(held), (all) => void expect(readHeld(writeHeld(all))).toEqual(all)));
  const client = fc.record({ id: word, grants: fc.array(word) });
  fc.assert(fc.property(fc.array(client), (all) => void expect(readClients(writeClients(all))).toEqual(all)));
});

test('any other text is refused by line with nothing of it, or read', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (text) => {
      try {
        readHeld(text);
      } catch (error) {
        expect(error).toBeInstanceOf(BraidError);
        expect(String(error)).toMatch(/line \d+/);
      }
    }),
  );
});

test('a held token becomes a session without telling it, whatever introspection says', () => {
  const odd = fc.oneof(fc.double(), fc.integer(), fc.constant(undefined));
  fc.assert(
    fc.property(held, odd, odd, fc.option(word, { nil: undefined }), (one, iat, exp, jti) => {
      const session = toSession(one, { iat, exp, jti }, Date.UTC(2026, 0, 1));
      expect(Number.isNaN(Date.parse(session.startedAt))).toBe(false);
      if (one.value.length > 24)
        expect(JSON.stringify({ ...session, externalIdentityId: '', key: '' })).not.toContain(one.value);
      expect(session.native.held).toBe(fingerprint(one.value));
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => void expect(() => expiryOf(text)).not.toThrow()));
});
