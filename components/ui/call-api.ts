import { signInHref } from '@/components/ui/way-back';
import type { ActionError } from '@/lib/http/model';

export type ApiParams = Record<string, string | number | boolean | null | undefined>;

/** What the REST API answered instead of data. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string | undefined;

  constructor(status: number, problem: Partial<ActionError> & { title?: string; requestId?: string }) {
    super(problem.title ?? 'Braid could not be reached.');
    this.name = 'ApiError';
    this.status = status;
    this.code = problem.code ?? 'unreachable';
    this.requestId = problem.requestId;
  }
}

export const apiUrl = (path: string, params: ApiParams = {}): string => {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) {
    if (value !== undefined && value !== null && value !== '') search.set(key, String(value));
  }
  const query = search.toString();
  return `/api/v1${path}${query ? `?${query}` : ''}`;
};

/** GET /api/v1<path> with the operator's cookie. Goes to the login page when the session has ended. */
export async function callApi<T>(path: string, params: ApiParams, signal?: AbortSignal): Promise<T> {
  const response = await fetch(apiUrl(path, params), { signal, headers: { Accept: 'application/json' } });
  if (response.ok) return (await response.json()) as T;
  if (response.status === 401) window.location.assign(signInHref(window.location));
  throw new ApiError(response.status, await response.json().catch(() => ({})));
}
