import { useEffect } from 'react';

const EVERY_MS = 5_000;

/** Asks for this page every five seconds and loads it again as soon as it is answered. */
export function useComesBack(): void {
  useEffect(() => {
    const timer = setInterval(() => {
      fetch(window.location.href, { cache: 'no-store' })
        .then((answer) => answer.ok && window.location.reload())
        .catch(() => undefined);
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, []);
}
