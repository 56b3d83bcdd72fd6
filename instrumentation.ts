import type { Instrumentation } from 'next';

/** Errors that no page or route caught, in the one log. */
export const onRequestError: Instrumentation.onRequestError = async (error, request, context) => {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { log } = await import('@/lib/platform/log');
  const { path, method } = request;
  log.error({ err: error, method, path: path.split('?')[0], route: context.routePath }, 'a request failed');
};
