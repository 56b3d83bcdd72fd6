import http from 'node:http';
import type { TestProvider } from '@/lib/connectors/oidc/testing-provider';

/** Stands before the real provider: one answer of its introspection is another one, everything else is the provider's. */
export async function startProviderThatForgets(real: TestProvider, token: string) {
  const told = { minted: 0, issuer: '', stop: async () => {} };
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const answer = await fetch(real.issuer + request.url, {
      method: request.method!,
      headers: Object.fromEntries(
        Object.entries(request.headers).filter(([name]) => !['host', 'content-length', 'connection'].includes(name)),
      ) as Record<string, string>,
      ...(body ? { body } : {}),
    });
    let text = await answer.text();
    if (request.url === '/token' && answer.ok) told.minted++;
    if (request.url === '/token/introspection' && body.includes(token)) text = '{"active":false}';
    if (request.url?.startsWith('/.well-known')) text = text.replaceAll(real.issuer, told.issuer);
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  told.issuer = `http://127.0.0.1:${address && typeof address === 'object' ? address.port : 0}`;
  told.stop = () => new Promise((resolve) => server.close(() => resolve()));
  return told;
}
