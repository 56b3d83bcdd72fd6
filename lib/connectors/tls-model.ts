import type { Tested } from '@/lib/connectors/model';

/** On this very machine: nothing of it crosses a network. */
export function isLocal(host: string): boolean {
  const name = host
    .trim()
    .toLowerCase()
    .replace(/^\[|\]$/g, '');
  return name === 'localhost' || name === '::1' || name.startsWith('/') || /^127(?:\.\d{1,3}){3}$/.test(name);
}

/** Where nothing is said: the certificate is checked, but on this machine, unless an authority was pasted to check it with. */
export const usualTls = <Here extends string>(hosts: string[], ca: string, here: Here): Here | 'verify-full' =>
  hosts.length > 0 && hosts.every(isLocal) && ca === '' ? here : 'verify-full';

const FIX =
  'Set TLS to “Require TLS and check the certificate”, and paste the authority of its certificate where that is not a public one.';

/** Whether what Braid sends and reads can be read or answered by somebody in between. In order on this machine, whatever it is. */
export function wireCheck(
  hosts: string[],
  wire: 'plain' | 'unchecked' | 'checked',
  fix = FIX,
): Tested['checks'][number] {
  const check = 'Encrypted connection';
  if (wire === 'checked') return { check, ok: true, detail: 'TLS, and the certificate was checked.' };
  if (hosts.every(isLocal)) {
    const detail = wire === 'plain' ? 'Not encrypted: it is on this machine.' : 'TLS; the certificate is not checked.';
    return { check, ok: true, detail };
  }
  const detail =
    wire === 'plain'
      ? 'Not encrypted: passwords and what Braid reads can be read on the way.'
      : 'Encrypted, but the certificate is not checked: somebody in between could answer for the server.';
  return { check, ok: false, detail, fix };
}
