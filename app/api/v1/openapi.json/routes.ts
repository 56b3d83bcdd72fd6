// Written by `npx vitest run app/api/v1 -u` from the folders of app/api/v1; checked by the same test.
import * as r0 from '@/app/api/v1/summary/route';
import type { RouteModule } from '@/lib/http/openapi';

export const ROUTES: Record<string, RouteModule> = {
  '/api/v1/summary': r0,
};
