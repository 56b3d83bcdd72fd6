import { ROUTES } from '@/app/api/v1/openapi.json/routes';
import { openapi } from '@/lib/http/openapi';
import { env } from '@/lib/platform/env';

/** Public: it says how to ask, nothing about what is stored. */
export function GET(): Response {
  return Response.json(openapi(ROUTES, env().BRAID_URL), { headers: { 'Cache-Control': 'no-store' } });
}
