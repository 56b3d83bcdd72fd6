import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import type { AllotmentClaims } from '@/lib/allotments/model';
import { sha256Hex } from '@/lib/platform/ids';
import { deriveKeys } from '@/lib/platform/secrets';

/** PKCS #8 of an Ed25519 key up to its 32 bytes (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

interface Key {
  kid: string;
  key: KeyObject;
  jwk: { kty: 'OKP'; crv: 'Ed25519'; x: string; kid: string; alg: 'EdDSA'; use: 'sig' };
}

let known: Key[] | undefined;

/** Follow from BRAID_SECRET_KEY; a retired one stays known as long as it stands in the ring. */
function ring(): Key[] {
  known ??= deriveKeys('allotment.sign').map((seed) => {
    const der = Buffer.concat([PKCS8, Buffer.from(seed, 'base64url')]);
    const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    const { x } = createPublicKey(key).export({ format: 'jwk' }) as { x: string };
    const kid = sha256Hex(x).slice(0, 16);
    return { kid, key, jwk: { kty: 'OKP', crv: 'Ed25519', x, kid, alg: 'EdDSA', use: 'sig' } };
  });
  return known;
}

/** Public keys as a JWK Set (RFC 7517, RFC 8037). */
export const jwks = (): { keys: Key['jwk'][] } => ({ keys: ring().map((one) => one.jwk) });

/** A compact JWS of the claims (EdDSA). */
export function sign(claims: AllotmentClaims): Promise<string> {
  const [{ kid, key }] = ring() as [Key];
  return new SignJWT({ ...claims }).setProtectedHeader({ alg: 'EdDSA', kid, typ: 'braid-allotment+jwt' }).sign(key);
}
