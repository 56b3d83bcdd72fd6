/** The connector a session belongs to: the one that lists it, else the only one whose own log told of it; null: none, or several. */
export const belongsTo = (session: { connectorId: string | null; toldBy: string[] }): string | null =>
  session.connectorId ?? (session.toldBy.length === 1 ? session.toldBy[0]! : null);
