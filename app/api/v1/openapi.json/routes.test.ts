import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ROUTES } from '@/app/api/v1/openapi.json/routes';
import { METHODS, openapi } from '@/lib/http/openapi';

const base = path.join(import.meta.dirname, '..');
const folders = fs
  .readdirSync(base, { recursive: true, encoding: 'utf8' })
  .filter((file) => path.basename(file) === 'route.ts' && !file.startsWith('openapi.json'))
  .sort() // as the formatter sorts imports
  .map((file) => path.dirname(file));

/** What routes.ts has to hold. `npx vitest run app/api/v1 -u` writes it. */
const expected = [
  `// Written by \`npx vitest run app/api/v1 -u\` from the folders of app/api/v1; checked by the same test.`,
  ...folders.map((folder, i) => `import * as r${i} from '@/app/api/v1/${folder}/route';`),
  `import type { RouteModule } from '@/lib/http/openapi';`,
  '',
  'export const ROUTES: Record<string, RouteModule> = {',
  ...folders.map((folder, i) => `  '/api/v1/${folder}': r${i},`),
  '};',
  '',
].join('\n');

test('routes.ts lists every route.ts under app/api/v1', async () => {
  await expect(expected).toMatchFileSnapshot(path.join(import.meta.dirname, 'routes.ts'));
});

test('every method of every route is declared, and is in the document', () => {
  const document = openapi(ROUTES, 'http://localhost');
  let operations = 0;
  for (const [folder, module] of Object.entries(ROUTES)) {
    const item = document.paths?.[folder.replaceAll(/\[(\w+)\]/g, '{$1}')];
    for (const method of METHODS.filter((name) => module[name])) {
      const operation = (item as Record<string, { operationId?: string }> | undefined)?.[method.toLowerCase()];
      expect(operation?.operationId, `${method} ${folder} is not declared with route()`).toBeTruthy();
      operations += 1;
    }
  }
  expect(operations).toBeGreaterThan(0);
});

test('no operation id is used twice', () => {
  const ids = Object.values(openapi(ROUTES, 'http://localhost').paths ?? {}).flatMap((item) =>
    Object.values(item as Record<string, { operationId?: string }>).map((operation) => operation.operationId),
  );
  expect(new Set(ids).size).toBe(ids.length);
});
