// Written by `npx vitest run app/api/v1 -u` from the folders of app/api/v1; checked by the same test.
import * as r0 from '@/app/api/v1/audit/route';
import * as r2 from '@/app/api/v1/operators/[id]/route';
import * as r1 from '@/app/api/v1/operators/route';
import * as r3 from '@/app/api/v1/summary/route';
import * as r5 from '@/app/api/v1/tokens/[id]/route';
import * as r4 from '@/app/api/v1/tokens/route';
import type { RouteModule } from '@/lib/http/openapi';

export const ROUTES: Record<string, RouteModule> = {
  '/api/v1/audit': r0,
  '/api/v1/operators': r1,
  '/api/v1/operators/[id]': r2,
  '/api/v1/summary': r3,
  '/api/v1/tokens': r4,
  '/api/v1/tokens/[id]': r5,
};
