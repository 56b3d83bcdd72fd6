/** Why a bound would lock out whoever goes beyond it: nobody is there who could agree. null: somebody is. */
export function lockedOut(operators: number): string | null {
  if (operators > 1) return null;
  const who = operators === 1 ? 'Only one operator may agree, and not with themselves' : 'No operator may agree';
  return `${who}: what reaches beyond the bound can be done by nobody until another responder or administrator is added in Settings → Operators.`;
}
