import { serve } from '@/lib/signals/serve';

/** Shared Signals: what is called here shows an access token or an authorization of its own; no operator's cookie counts. */
export const GET = (request: Request) => serve(request);
export const POST = (request: Request) => serve(request);
export const PUT = (request: Request) => serve(request);
export const PATCH = (request: Request) => serve(request);
export const DELETE = (request: Request) => serve(request);
