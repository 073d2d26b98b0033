import { installedUnits, machineUnits } from '../pipeline/installed-units.ts';
import { followJournal } from '../pipeline/journal/follow-journal.ts';
import type { NodeReport } from '../pipeline/node-report.ts';
import type { PayloadOutline } from '../pipeline/payload/payload.ts';
import type { NodeConnection } from '../ssh/connection.ts';

/** Lines of the past that are shown of a node that is attached to. */
const backlog = 20;

/** The journal of one node, followed and reported across its connections. */
export class NodeLog {
  readonly #report: Pick<NodeReport, 'log'>;
  #follow: Follow | undefined;

  constructor(report: Pick<NodeReport, 'log'>) {
    this.#report = report;
  }

  /** Follows the units of a payload, or of what is installed, unless that is followed already. */
  follow(connection: NodeConnection, payload: PayloadOutline | undefined): void {
    const before = this.#follow;
    if (before?.connection === connection && before.payload === payload) return;
    before?.abort.abort();
    const abort = new AbortController();
    const follow = { connection, payload, abort };
    this.#follow = follow;
    const lines = before?.connection === connection ? 0 : backlog;
    const begin = async () => {
      const services = payload?.services ?? (await installedUnits(connection, abort.signal));
      const units = [...machineUnits, ...services.map(({ unit }) => unit)];
      await followJournal(connection, { units, lines }, this.#report, abort.signal);
    };
    begin().catch((error: unknown) => {
      if (abort.signal.aborted) return;
      // The next run begins to follow again.
      if (this.#follow === follow) this.#follow = undefined;
      const why = error instanceof Error ? error.message : String(error);
      this.#report.log(`the log of the node can't be followed: ${why}`);
    });
  }

  stop(): void {
    this.#follow?.abort.abort();
    this.#follow = undefined;
  }
}

type Follow = {
  readonly connection: NodeConnection;
  readonly payload: PayloadOutline | undefined;
  readonly abort: AbortController;
};
