/**
 * Counts round trips of a conversation by what can have caused what. A message of the client is one
 * trip deeper than the deepest that it had received when it sent it; a message of the server is as
 * deep as the deepest that it had received. Into how many pieces TCP cuts a message makes no
 * difference, since all are sent before anything else is received.
 *
 * The count is never too low. It is too high where one side was stalled for so long in the middle of
 * a message that an answer to something else came in between: of several runs the least is right.
 */
export class CausalDepth {
  #atClient = 0;
  #atServer = 0;

  /** Round trips for which the client has received the answer. */
  get roundTrips(): number {
    return this.#atClient;
  }

  /**
   * The client opens a connection, and waits for the server to agree before it says so.
   *
   * @returns The depth of that last word, which is when the server may speak.
   */
  connect(): number {
    this.deliverToClient(this.#atClient + 1);
    return this.sentByClient();
  }

  /** The depth of what the client sends now. */
  sentByClient(): number {
    return this.#atClient + 1;
  }

  /** The depth of what the server sends now. */
  sentByServer(): number {
    return this.#atServer;
  }

  deliverToClient(depth: number): void {
    this.#atClient = Math.max(this.#atClient, depth);
  }

  deliverToServer(depth: number): void {
    this.#atServer = Math.max(this.#atServer, depth);
  }
}
