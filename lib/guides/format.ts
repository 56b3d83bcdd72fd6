/** Where a link of the guide at `here` leads within the console; null: to nothing that is served. Pure. */
export function guideHref(link: string, here: readonly string[]): string | null {
  if (/^https:\/\//.test(link) || link.startsWith('#')) return link;
  const [, file, anchor = ''] = /^([^#:]+)\.md(#[\w-]+)?$/.exec(link) ?? [];
  if (!file) return null;
  const at = here.slice(0, -1);
  for (const part of file.split('/')) {
    if (part === '..') {
      if (at.pop() === undefined) return null;
    } else if (part !== '.') at.push(part);
  }
  return at.length > 0 ? `/guides/${at.join('/')}${anchor}` : null;
}

/** What a heading is linked to by: "What still lives" → what-still-lives. Pure. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} -]/gu, '')
    .trim()
    .replaceAll(' ', '-');
