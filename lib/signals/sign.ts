import { sign as rsa } from 'node:crypto';
import { promisify } from 'node:util';
import { signingKey } from '@/lib/signals/keys';

const text = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A security event token (RFC 8417) in compact form: RS256, explicitly typed, with the key that signs at this moment. */
export async function sign(claims: object): Promise<string> {
  const { kid, key } = await signingKey();
  const body = `${text({ alg: 'RS256', typ: 'secevent+jwt', kid })}.${text(claims)}`;
  const signature = await promisify<string, Buffer, typeof key, Buffer>(rsa)('sha256', Buffer.from(body), key);
  return `${body}.${signature.toString('base64url')}`;
}
