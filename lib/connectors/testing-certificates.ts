import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** An authority of one's own, a server's certificate of it for the name localhost alone, and another authority. */
export interface Certificates {
  ca: string;
  strangers: string;
  files: { ca: string; cert: string; key: string };
}

/** Made anew in this folder. Throws where openssl is not installed. */
export function makeCertificates(folder: string): Certificates {
  const at = (name: string) => path.join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const authority = (name: string) =>
    openssl(
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`],
      ...['-keyout', at(`${name}.key`), '-out', at(`${name}.pem`)],
    );
  authority('authority');
  authority('strangers');
  const asked = ['-subj', '/CN=server', '-keyout', at('server.key'), '-out', at('server.csr')];
  openssl('req', '-newkey', 'rsa:2048', '-nodes', ...asked);
  fs.writeFileSync(at('names'), 'subjectAltName=DNS:localhost\n');
  const by = ['-CA', at('authority.pem'), '-CAkey', at('authority.key'), '-CAcreateserial'];
  openssl(
    ...['x509', '-req', '-in', at('server.csr'), ...by, '-days', '2', '-extfile', at('names')],
    '-out',
    at('server.pem'),
  );
  const read = (name: string) => fs.readFileSync(at(name), 'utf8');
  return {
    ca: read('authority.pem'),
    strangers: read('strangers.pem'),
    files: { ca: at('authority.pem'), cert: at('server.pem'), key: at('server.key') },
  };
}
