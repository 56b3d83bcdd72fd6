/** As sent by /api/live: something of this topic changed; no ids = look again at all of it. */
export interface LiveHint {
  topic: string;
  ids: string[];
}
