'use client';

/** Shown when even the frame could not be drawn. */
export default function GlobalError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <html lang="en">
      <body>
        <main>
          <h1>Braid could not draw this page</h1>
          <p>Something went wrong inside Braid. The log has the details{error.digest ? ` (${error.digest})` : ''}.</p>
          <button type="button" onClick={reset}>
            Try again
          </button>
        </main>
      </body>
    </html>
  );
}
