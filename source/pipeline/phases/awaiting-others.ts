import { setTimeout as sleep } from 'node:timers/promises';
import type { Instance } from '../../ec2/cloud.ts';
import type { NodeConnection } from '../../ssh/connection.ts';
import { startAwakeTimer } from '../../time/awake-timer.ts';
import type { NodeContext } from '../node-context.ts';
import { appliedManifest } from './uploading.ts';

/** Milliseconds from its launch on in which somebody may be bringing a node up. */
const youth = 20 * 60_000;

/** Milliseconds that they get for their files once cloud-init is done. */
const patience = 60_000;

/** Milliseconds between looks. */
const interval = 1000;

/** Whether somebody else may be at work on a node that has not been configured yet. */
export const isInTheMaking = async (
  context: NodeContext,
  connection: NodeConnection,
  { launchedAt }: Instance,
  signal: AbortSignal,
): Promise<boolean> =>
  Date.now() - launchedAt < youth && (await appliedManifest(context, connection, signal)) === '';

/** Waits until a node has been configured, or nobody seems to be doing that. */
export const awaitConfiguration = async (
  context: NodeContext,
  connection: NodeConnection,
  signal: AbortSignal,
): Promise<void> => {
  let isOver = false;
  const stopTimer = startAwakeTimer(patience, () => {
    isOver = true;
  });
  try {
    while (!isOver) {
      if ((await appliedManifest(context, connection, signal)) !== '') return;
      await sleep(interval, undefined, { signal });
    }
  } finally {
    stopTimer();
  }
};
