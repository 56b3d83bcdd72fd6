import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openClient } from '@/lib/connectors/kubernetes/client';
import { configSchema } from '@/lib/connectors/kubernetes/manifest';

let server: http.Server | undefined;
afterEach(() => server?.close());

/** A client of a server that answers every call so. */
async function answering(body: object) {
  server = http.createServer((_request, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
  );
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return openClient(configSchema.parse({ url: `http://127.0.0.1:${port}`, ownNetwork: true }), 'token');
}

test('an empty list of metadata alone is null at the API server, and is read as empty', async () => {
  const client = await answering({ kind: 'PartialObjectMetadataList', metadata: {}, items: null });
  expect(await client.list('/api/v1/secrets', {}, true)).toEqual([]);
});

test.each([{ kind: 'Secret', metadata: {}, items: null }, { kind: 'SecretList', metadata: {} }, {}])(
  'an answer that is no list (%j) is not read as empty',
  async (body) => {
    const client = await answering(body);
    await expect(client.list('/api/v1/secrets')).rejects.toMatchObject({ code: 'connector.refused' });
  },
);
