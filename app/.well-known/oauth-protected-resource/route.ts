import { resourceMetadata } from '@/lib/signals/describe';

export const dynamic = 'force-dynamic';

/** Public. */
export const GET = (): Response => Response.json(resourceMetadata(), { headers: { 'Cache-Control': 'no-store' } });
