/** How it most likely came to it (requirement D3). */
export const VECTORS = {
  browser_token_theft: 'browser token theft',
  cookie_hijacking: 'cookie hijacking',
  bearer_replay: 'replay of a bearer token',
  device_flow: 'intercepted device flow',
  long_lived_session: 'abuse of a long-lived service session',
} as const;
export type Vector = keyof typeof VECTORS;
export const VECTOR_NAMES = Object.keys(VECTORS) as [Vector, ...Vector[]];
