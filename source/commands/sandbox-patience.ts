import type { Config } from '../config/config.ts';

/** Nodes that the machine of the sandbox brings up within the usual times. */
const easy = 50;

/** Milliseconds more for each node beyond these. */
const eachMore = 3_000;

/**
 * A configuration with the time that its phases take where all nodes share one machine. Many nodes
 * wait for each other there: the last one's SSH answers when the boots of all others are over, and
 * 652 of 1,000 were given up as unreachable that were only waiting for their turn.
 */
export const withSandboxPatience = (config: Config): Config => {
  const more = Math.max(0, config.totalInstances - easy) * eachMore;
  if (more === 0) return config;
  const { timeouts } = config;
  return {
    ...config,
    timeouts: {
      launching: timeouts.launching + more,
      booting: timeouts.booting + more,
      connecting: timeouts.connecting + more,
      uploading: timeouts.uploading + more,
      'cloud-init': timeouts['cloud-init'] + more,
      configuring: timeouts.configuring + more,
      verifying: timeouts.verifying + more,
    },
  };
};
