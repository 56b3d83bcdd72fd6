/** Scopes as sources write them: between blanks or commas, each once. */
export const scopesIn = (text: string | null | undefined): string[] =>
  [...new Set((text ?? '').split(/[\s,]+/).filter(Boolean))].map((scope) => scope.slice(0, 200)).slice(0, 200);

/** What ends the name of a scope of everything: `repo:*`, `.default`, `admin.*`. */
const ALL = /(?:[:./]\*|\/\.default|^\*)$/;
const covers = (granted: string, used: string): boolean =>
  granted === used || (ALL.test(granted) && used.startsWith(granted.replace(ALL, '')));

/** What was granted and not used, and what was used and not granted. */
export function compareScopes(granted: readonly string[], used: readonly string[]) {
  return {
    unused: granted.filter((scope) => !used.some((each) => covers(scope, each))),
    beyond: granted.length === 0 ? [] : used.filter((scope) => !granted.some((each) => covers(each, scope))),
  };
}
